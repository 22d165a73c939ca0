using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>
/// The numbers by which a drive's records name organizations, kept in its file <c>organizations</c>: UTF-8 text, in the first line <c>ECOT 1</c> and the
/// CRC32C of all that follows in hexadecimal, then on each line a number, a space and the name. A number is never given to another organization. Safe for concurrent use.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="usage">Tells which numbers records bear.</param>
internal sealed class OrganizationTable(string path, OrganizationUsage usage)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "organizations";

    /// <summary>Names longer than that, in characters, are no organization's.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Numbers that only <see cref="Reserve"/> gives out.</summary>
    private const int Reserved = 256;

    private const string Magic = "ECOT 1 ";

    private readonly ConcurrentDictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly string?[] _names = new string?[OrganizationUsage.Numbers];
    private readonly Lock _gate = new();

    /// <summary>Reads the file. Without an intact one the numbers that records bear stay nobody's until those records are gone.</summary>
    public void Load()
    {
        if (AtomicFile.TryRead(path) is not { } bytes)
            return;

        var text = Encoding.UTF8.GetString(bytes);
        var body = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        if (body == 0 || text[..(body - 1)] != HeaderOf(text[body..]))
            return;

        foreach (var line in text[body..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (ushort.TryParse(line.AsSpan(0, Math.Max(0, space)), NumberStyles.None, CultureInfo.InvariantCulture, out var number) &&
                number is > 0 and < OrganizationUsage.Numbers && _numbers.TryAdd(line[(space + 1)..], number))
            {
                _names[number] = line[(space + 1)..];
            }
        }
    }

    /// <summary>The number of an organization, which gets one if there is one left; 0 if not.</summary>
    public ushort NumberOf(string name) => _numbers.TryGetValue(name, out var number) ? number : Give(name, OrganizationUsage.Numbers - Reserved);

    /// <summary>The same for one that is configured, for which numbers are kept.</summary>
    public ushort Reserve(string name) => _numbers.TryGetValue(name, out var number) ? number : Give(name, OrganizationUsage.Numbers);

    private ushort Give(string name, int limit)
    {
        if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAny('\n', '\r'))
            return 0;

        lock (_gate)
        {
            if (_numbers.TryGetValue(name, out var existing))
                return existing;

            var number = FirstFree(limit);
            _names[number] = name;
            if (number == 0 || !Save())
            {
                _names[number] = null;
                return 0;
            }

            return _numbers[name] = number;
        }
    }

    private ushort FirstFree(int limit)
    {
        for (ushort number = 1; number < limit; number++)
        {
            if (_names[number] is null && usage.Of(number) == 0)
                return number;
        }

        return 0;
    }

    private bool Save()
    {
        var body = new StringBuilder();
        for (var number = 1; number < _names.Length; number++)
        {
            if (_names[number] is { } name)
                body.Append(CultureInfo.InvariantCulture, $"{number} {name}\n");
        }

        return AtomicFile.TryWrite(path, Encoding.UTF8.GetBytes(HeaderOf(body.ToString()) + "\n" + body));
    }

    private static string HeaderOf(string body) =>
        Magic + Crc32C.Append(0, Encoding.UTF8.GetBytes(body)).ToString("x8", CultureInfo.InvariantCulture);
}
