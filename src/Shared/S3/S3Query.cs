using System.Diagnostics.CodeAnalysis;

namespace EdgeCache.Shared.S3;

/// <summary>The decoded query parameters of a request, in their order. Names are case-sensitive; the first of equal names counts.</summary>
public sealed class S3Query
{
    /// <summary>The largest number of parameters accepted.</summary>
    public const int MaxParameters = 256;

    private readonly List<KeyValuePair<string, string>> _parameters;

    private S3Query(List<KeyValuePair<string, string>> parameters) => _parameters = parameters;

    /// <summary>A query without parameters.</summary>
    public static S3Query Empty { get; } = new([]);

    /// <summary>The parameters, decoded; a name without <c>=</c> has an empty value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters;

    /// <summary>Parses the raw query, with or without its leading <c>?</c>; false when it has too many parameters or a bad escape.</summary>
    public static bool TryParse(string? raw, [NotNullWhen(true)] out S3Query? query)
    {
        query = null;
        var rest = raw.AsSpan().TrimStart('?');
        if (rest.IsEmpty)
        {
            query = Empty;
            return true;
        }

        var parameters = new List<KeyValuePair<string, string>>(Math.Min(rest.Count('&') + 1, MaxParameters));
        foreach (var range in rest.Split('&'))
        {
            var part = rest[range];
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals];
            var value = equals < 0 ? default : part[(equals + 1)..];
            string? decodedName = null;
            if (parameters.Count == MaxParameters || (!TryName(name, out decodedName) && !PercentEncoding.TryDecode(name, plusIsSpace: true, out decodedName)) ||
                !PercentEncoding.TryDecode(value, plusIsSpace: true, out var decodedValue))
            {
                return false;
            }

            parameters.Add(new(decodedName, decodedValue));
        }

        query = new S3Query(parameters);
        return true;
    }

    // Those that every presigned request has, without making them anew each time.
    private static bool TryName(ReadOnlySpan<char> raw, [NotNullWhen(true)] out string? name)
    {
        name = raw switch
        {
            "X-Amz-Algorithm" => "X-Amz-Algorithm",
            "X-Amz-Credential" => "X-Amz-Credential",
            "X-Amz-Date" => "X-Amz-Date",
            "X-Amz-Expires" => "X-Amz-Expires",
            "X-Amz-SignedHeaders" => "X-Amz-SignedHeaders",
            "X-Amz-Signature" => "X-Amz-Signature",
            _ => null,
        };
        return name is not null;
    }

    /// <summary>Whether a parameter of that name is present, with or without a value.</summary>
    public bool Has(string name) => Get(name) is not null;

    /// <summary>The value of a parameter; null when absent, empty when it has none.</summary>
    public string? Get(string name)
    {
        foreach (var (key, value) in _parameters)
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                return value;
            }
        }

        return null;
    }
}
