using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>One region as an edge sees it: its change stream, and what its origin is asked.</summary>
internal sealed class Region(string name, Uri s3Url, ChangeStream changes, InternalApiClient api, RangeClient ranges)
{
    public string Name => name;

    /// <summary>The origin's S3 listener.</summary>
    public Uri S3Url => s3Url;

    public ChangeStream Changes => changes;

    /// <summary>Where fills get their bytes.</summary>
    public RangeClient Ranges => ranges;

    public bool FailedRecently => api.FailedRecently;

    /// <summary>Asks for a bucket's facts; none and no fault when the region does not have it.</summary>
    public async Task<(UpstreamFault Fault, BucketFacts? Facts)> BucketAsync(string bucket, CancellationToken cancellationToken)
    {
        var (fault, _, facts) = await api.GetAsync(
            InternalApi.Bucket.Replace("{bucket}", bucket, StringComparison.Ordinal), InternalJson.Default.BucketFacts, cancellationToken);
        return (fault, facts);
    }

    /// <summary>Asks which version a key names.</summary>
    public async Task<(UpstreamFault Fault, ResolveReply? Reply)> ResolveAsync(string bucket, string key, string? versionId, CancellationToken cancellationToken)
    {
        var (fault, found, reply) = await api.GetAsync(
            $"{InternalApi.Resolve}?bucket={bucket}&key={Uri.EscapeDataString(key)}" +
            (versionId is null ? string.Empty : $"&versionId={Uri.EscapeDataString(versionId)}"),
            InternalJson.Default.ResolveReply, cancellationToken);
        return (fault == UpstreamFault.None && !found ? UpstreamFault.Refused : fault, reply);
    }
}
