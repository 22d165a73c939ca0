using System.Collections.Immutable;
using System.Net;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// What the condition keys of policies are answered from, one per request. Everything is read lazily: a policy without conditions costs nothing.
/// What is not set counts as absent from the request.
/// </summary>
public sealed class RequestConditions
{
    /// <summary>The time of the request.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The request's headers; null where there are none, such as in a question of what would be allowed.</summary>
    public ISignedRequest? Request { get; init; }

    /// <summary>The request's query.</summary>
    public S3Query? Query { get; init; }

    /// <summary>The client's address, which behind an edge is the one that the edge vouches for; null when it is not known.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>Whether the client's connection is encrypted.</summary>
    public bool IsSecure { get; init; }

    /// <summary>The version of TLS, e.g. <c>1.3</c>; null without.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>The request's signature; null for an unsigned one.</summary>
    public SigV4Claim? Signature { get; init; }

    /// <summary>The region that the body of CreateBucket names; null otherwise.</summary>
    public string? LocationConstraint { get; init; }

    /// <summary>The tags that the request sets, if they are not those of the header <c>x-amz-tagging</c>, which are found without.</summary>
    public ImmutableSortedDictionary<string, string>? RequestTags { get; init; }

    /// <summary>The tags that the request sets. A header that is malformed sets none: the operation refuses it.</summary>
    internal ImmutableSortedDictionary<string, string> Tags =>
        field ??= RequestTags ?? (Header("x-amz-tagging") is { } header && ObjectTags.TryParseHeader(header, out var tags) is null ? tags : ObjectTags.None);

    /// <summary>The source of a copy as <c>bucket/key</c>, decoded; null when there is none or it is malformed.</summary>
    internal string? CopySource =>
        Header(CopySourceName.Header) is { } header && CopySourceName.TryParse(header, out var source) is null ? $"{source!.Bucket}/{source.Key}" : null;

    /// <summary>A header's value; null when it is absent.</summary>
    internal string? Header(string lowerCaseName) => Request is not null && Request.TryGetHeader(lowerCaseName, out var value) ? value : null;
}
