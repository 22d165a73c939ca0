using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>The trailers after the last chunk, and what their signature has to cover.</summary>
internal sealed class ChunkTrailers
{
    /// <summary>The most trailers of a body.</summary>
    public const int MaxCount = 16;

    /// <summary>The most bytes of all lines after the last chunk together, line ends included.</summary>
    public const int MaxLength = 8192;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~"u8);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _canonical = new();
    private string? _signature;
    private int _length;

    /// <summary>The values by lower-case name, without the signature.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>
    /// Takes a line without its end; an error when it is malformed, repeated, undeclared or one too many. Clients differ in where they put empty lines,
    /// so these mean nothing, and only the end of the body ends the trailers.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="declared">The value of <c>x-amz-trailer</c>; null when anything goes.</param>
    public S3Error? Take(ReadOnlySpan<byte> line, string? declared)
    {
        _length += line.Length + 2;
        if (_length > MaxLength)
        {
            return Malformed("The trailers are too long.");
        }

        if (line.IsEmpty)
        {
            return null;
        }

        var colon = line.IndexOf((byte)':');
        if (_signature is not null || colon <= 0 || line[..colon].ContainsAnyExcept(NameBytes))
        {
            return Malformed("A trailer is not well-formed.");
        }

        var name = Encoding.ASCII.GetString(line[..colon]).ToLowerInvariant();
        var value = Encoding.UTF8.GetString(line[(colon + 1)..].Trim(" \t"u8));
        if (name == "x-amz-trailer-signature")
        {
            _signature = value;
            return null;
        }

        if (_values.Count == MaxCount)
        {
            return Malformed("The trailers are too many.");
        }

        if (!_values.TryAdd(name, value) || (declared is not null && !Declares(declared, name)))
        {
            return Malformed($"The trailer {name} is repeated, or not announced by x-amz-trailer.");
        }

        Encoding.UTF8.GetBytes($"{name}:{value}\n", _canonical);
        return null;
    }

    /// <summary>Checks, after the last line, that what was declared came, and the signature when there has to be one.</summary>
    public S3Error? Complete(string? declared, ChunkSigner? signer)
    {
        if (FirstMissing(declared) is { } missing)
        {
            return Malformed($"The trailer {missing} is announced by x-amz-trailer but absent.");
        }

        if (signer is null)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[ChunkSigner.SignatureLength];
        signer.SignTrailers(SHA256.HashData(_canonical.WrittenSpan), expected);
        var given = Encoding.UTF8.GetBytes(_signature ?? string.Empty);
        return CryptographicOperations.FixedTimeEquals(expected, given) ? null : S3ErrorCode.SignatureDoesNotMatch;
    }

    private static S3Error Malformed(string message) => new(S3ErrorCode.InvalidRequest, message);

    private static bool Declares(ReadOnlySpan<char> declared, string name)
    {
        foreach (var range in declared.Split(','))
        {
            if (declared[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private string? FirstMissing(ReadOnlySpan<char> declared)
    {
        foreach (var range in declared.Split(','))
        {
            var name = declared[range].Trim().ToString().ToLowerInvariant();
            if (name.Length > 0 && !_values.ContainsKey(name))
            {
                return name;
            }
        }

        return null;
    }
}
