using System.Collections.Immutable;

namespace EdgeCache.Shared.S3.Cors;

/// <summary>One rule of a CORS configuration (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html">elements of a CORS configuration</see>).</summary>
public sealed record CorsRule
{
    /// <summary>A name of at most 255 characters; null for none.</summary>
    public string? Id { get; init; }

    /// <summary>Origins, each with at most one <c>*</c>. At least one.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>Some of GET, PUT, POST, DELETE, HEAD. At least one.</summary>
    public ImmutableArray<string> AllowedMethods { get; init; } = [];

    /// <summary>The request headers that a page may send, each with at most one <c>*</c>.</summary>
    public ImmutableArray<string> AllowedHeaders { get; init; } = [];

    /// <summary>The response headers that a page may read.</summary>
    public ImmutableArray<string> ExposeHeaders { get; init; } = [];

    /// <summary>For how long a browser may keep the answer, in seconds; null for as long as it likes.</summary>
    public int? MaxAgeSeconds { get; init; }

    /// <summary>The allowed origin that an origin fits; null when none does.</summary>
    internal string? FindOrigin(string origin)
    {
        foreach (var allowed in AllowedOrigins)
        {
            if (Fits(allowed, origin, StringComparison.Ordinal))
            {
                return allowed;
            }
        }

        return null;
    }

    /// <summary>Whether a page may send a header.</summary>
    internal bool AllowsHeader(string name) => AllowedHeaders.Any(allowed => Fits(allowed, name, StringComparison.OrdinalIgnoreCase));

    private static bool Fits(string pattern, string text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? string.Equals(pattern, text, comparison)
            : text.Length >= pattern.Length - 1 && text.AsSpan().StartsWith(pattern.AsSpan(0, star), comparison) &&
              text.AsSpan().EndsWith(pattern.AsSpan(star + 1), comparison);
    }
}
