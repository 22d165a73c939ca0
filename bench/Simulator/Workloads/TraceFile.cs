using System.Globalization;

namespace EdgeCache.Simulator.Workloads;

/// <summary>
/// A recorded trace: a line per read of a whole object, <c>time,key,size</c>, in seconds and bytes; empty lines and lines that begin with # are
/// skipped. A key whose size differs from its first one counts as another object.
/// </summary>
internal static class TraceFile
{
    /// <summary>Reads a trace.</summary>
    /// <exception cref="InvalidDataException">A line is malformed; the message has its number.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static AccessList Read(string path)
    {
        var list = new AccessList();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;

            var first = line.IndexOf(',');
            var last = line.LastIndexOf(',');
            if (first < 1 || last <= first + 1 ||
                !double.TryParse(line.AsSpan(0, first), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ||
                !(Math.Abs(seconds) < 1e12) ||
                !long.TryParse(line.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is 0 or > 1L << 50)
            {
                throw new InvalidDataException($"{path}, line {number}: not time,key,size.");
            }

            list.AddObject(string.Create(CultureInfo.InvariantCulture, $"{line.AsSpan(first + 1, last - first - 1)} {size}"), size, (long)(seconds * 1000), 0, number);
        }

        list.Sort();
        return list;
    }
}
