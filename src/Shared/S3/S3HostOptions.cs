using System.Collections.Frozen;
using System.Net;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The names under which a node answers S3. A request to exactly such a name (or to an address, or to any other name) is path-style;
/// a request to a name below it is virtual-hosted (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html">virtual hosting of buckets</see>).
/// </summary>
public sealed class S3HostOptions
{
    private const string AcceleratedLabel = "accel-object";
    private const string RegionalLabel = "object";
    private const string WebsiteLabel = "website";

    private readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _websites;
    private readonly FrozenDictionary<string, string?> _regionByHost;
    private readonly FrozenDictionary<string, string?>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <summary>Takes the base hosts, with or without ports.</summary>
    /// <param name="baseHosts">For example <c>accel-object.example.com</c>, <c>object.ord1.example.com</c>, <c>localhost</c>; case does not matter.</param>
    /// <param name="websites">The names under which buckets are websites, e.g. <c>website.ord1.example.com</c>, and the region of each.</param>
    public S3HostOptions(IReadOnlyList<string> baseHosts, IReadOnlyDictionary<string, string>? websites = null)
    {
        _websites = (websites ?? FrozenDictionary<string, string>.Empty).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        BaseHosts = baseHosts;
        var names = baseHosts.Select(static h => WithoutPort(h).ToString().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        _regionByHost = names.ToFrozenDictionary(static n => n, n => RegionOf(n, names), StringComparer.OrdinalIgnoreCase);
        _lookup = _regionByHost.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The base hosts as given.</summary>
    public IReadOnlyList<string> BaseHosts { get; }

    /// <summary>
    /// All names of a deployment: <c>accel-object.D</c>, and for each region R <c>accel-object.R.D</c>, <c>object.R.D</c> and <c>website.R.D</c>; with
    /// <paramref name="otherHosts"/>.
    /// </summary>
    public static S3HostOptions ForDomain(string domain, IEnumerable<string> regions, params IEnumerable<string> otherHosts) =>
        new([$"{AcceleratedLabel}.{domain}", .. regions.SelectMany(r => new[] { $"{AcceleratedLabel}.{r}.{domain}", $"{RegionalLabel}.{r}.{domain}" }), .. otherHosts],
            regions.ToDictionary(r => $"{WebsiteLabel}.{r}.{domain}", static r => r.ToUpperInvariant(), StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a Host header names a website.</summary>
    /// <param name="hostHeader">The header.</param>
    /// <param name="bucket">The bucket, in lower case; empty for none.</param>
    /// <param name="region">Its region.</param>
    public bool TryResolveWebsite(string? hostHeader, out string bucket, out string region)
    {
        (bucket, region) = (string.Empty, string.Empty);
        var host = WithoutPort(hostHeader);
        var at = host.StartsWith(WebsiteLabel + ".", StringComparison.OrdinalIgnoreCase)
            ? 0
            : host.IndexOf("." + WebsiteLabel + ".", StringComparison.OrdinalIgnoreCase) + 1;
        while (at > 0 || host.StartsWith(WebsiteLabel + ".", StringComparison.OrdinalIgnoreCase))
        {
            if (_websites.TryGetValue(host[at..], out var found))
            {
                (bucket, region) = (at == 0 ? string.Empty : host[..(at - 1)].ToString().ToLowerInvariant(), found);
                return true;
            }

            var next = host[at..].IndexOf("." + WebsiteLabel + ".", StringComparison.OrdinalIgnoreCase);
            if (next < 0)
            {
                return false;
            }

            at += next + 1;
        }

        return false;
    }

    /// <summary>Reads a Host header: the bucket (null for path-style) and the region that the name names (upper case, or null).</summary>
    internal void Resolve(string? hostHeader, out string? bucket, out string? region)
    {
        bucket = null;
        region = null;
        var host = WithoutPort(hostHeader);
        if (host.IsEmpty || _lookup.TryGetValue(host, out region) || IPAddress.TryParse(host, out _))
        {
            return;
        }

        // Left to right, so that the longest base host wins.
        for (var dot = host.IndexOf('.'); dot >= 0;)
        {
            if (_lookup.TryGetValue(host[(dot + 1)..], out region))
            {
                bucket = host[..dot].ToString().ToLowerInvariant();
                return;
            }

            var next = host[(dot + 1)..].IndexOf('.');
            dot = next < 0 ? -1 : dot + 1 + next;
        }
    }

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        host = host.Trim();
        if (host.StartsWith('['))
        {
            var close = host.IndexOf(']');
            return close < 0 ? host : host[1..close];
        }

        var colon = host.IndexOf(':');
        host = colon >= 0 && host[(colon + 1)..].IndexOf(':') < 0 ? host[..colon] : host;
        return host.EndsWith('.') ? host[..^1] : host;
    }

    // "accel-object.example.com" names no region though it looks like "accel-object.<region>.<domain>": the second label is a region
    // only if the deployment's other names agree. "object." is always followed by a region.
    private static string? RegionOf(string name, HashSet<string> names)
    {
        var labels = name.Split('.', 3);
        if (labels.Length < 3)
        {
            return null;
        }

        var isRegional = labels[0] switch
        {
            RegionalLabel => true,
            AcceleratedLabel => names.Contains($"{AcceleratedLabel}.{labels[2]}") || names.Contains($"{RegionalLabel}.{labels[1]}.{labels[2]}"),
            _ => false,
        };
        return isRegional ? labels[1].ToUpperInvariant() : null;
    }
}
