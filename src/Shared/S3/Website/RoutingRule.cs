using System.Xml;

namespace EdgeCache.Shared.S3.Website;

/// <summary>Redirects some requests of a website (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html">website redirects</see>).</summary>
public sealed record RoutingRule
{
    /// <summary>Only requests for keys that begin with this; null for all.</summary>
    public string? KeyPrefix { get; init; }

    /// <summary>Only requests that would be answered with this status; null for what is decided before any look at the object.</summary>
    public int? ErrorCode { get; init; }

    /// <summary>Where to; null for the host that was asked.</summary>
    public string? HostName { get; init; }

    /// <summary><c>http</c> or <c>https</c>; null for the one that was used.</summary>
    public string? Protocol { get; init; }

    /// <summary>The status of the redirect; null for 301.</summary>
    public int? RedirectCode { get; init; }

    /// <summary>Takes the place of <see cref="KeyPrefix"/>; null to keep it.</summary>
    public string? ReplaceKeyPrefixWith { get; init; }

    /// <summary>Takes the place of the key; null to keep it.</summary>
    public string? ReplaceKeyWith { get; init; }

    /// <summary>Whether it is about a request for a key, answered with an error or, if that is null, not looked at yet.</summary>
    public bool Fits(string key, int? errorCode) => ErrorCode == errorCode && (KeyPrefix is null || key.StartsWith(KeyPrefix, StringComparison.Ordinal));

    /// <summary>Where it sends a request.</summary>
    /// <param name="key">The key that was asked for.</param>
    /// <param name="scheme">The protocol that was used.</param>
    /// <param name="host">The host that was asked, with its port.</param>
    public string Location(string key, string scheme, string host)
    {
        var target = ReplaceKeyWith ?? (ReplaceKeyPrefixWith is { } prefix ? prefix + key[(KeyPrefix?.Length ?? 0)..] : key);
        return $"{Protocol ?? scheme}://{HostName ?? host}/{PercentEncoding.Encode(target, keepSlash: true)}";
    }
}

/// <summary>A host that requests are redirected to.</summary>
/// <param name="Name">The host, perhaps with a port or a path.</param>
/// <param name="Protocol"><c>http</c> or <c>https</c>; null for the one that was used.</param>
public sealed record WebsiteHost(string Name, string? Protocol)
{
    /// <summary>A host may become part of a Location header: of printable ASCII only.</summary>
    internal static string CheckName(string name) =>
        name.Length is > 0 and <= 1024 && name.All(static c => c is > ' ' and < '\u007f') ? name : throw new XmlException("not a host");

    internal static string CheckProtocol(string protocol) => protocol is "http" or "https" ? protocol : throw new XmlException("not a protocol");
}
