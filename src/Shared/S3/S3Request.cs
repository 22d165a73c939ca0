namespace EdgeCache.Shared.S3;

/// <summary>A request, parsed once: the operation, what it addresses, and its query parameters. Headers stay with the server's request.</summary>
public sealed class S3Request
{
    /// <summary>Which operation.</summary>
    public required S3Operation Operation { get; init; }

    /// <summary>The bucket, decoded; empty for <see cref="S3Operation.ListBuckets"/>. Always a syntactically valid bucket name otherwise.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key, decoded; empty for operations on buckets. Always valid otherwise.</summary>
    public required string Key { get; init; }

    /// <summary>The query parameters, decoded.</summary>
    public required S3Query Query { get; init; }

    /// <summary>Whether the bucket came from the host name.</summary>
    public bool VirtualHosted { get; init; }

    /// <summary>The region that the host name names (<c>object.&lt;region&gt;...</c>, <c>accel-object.&lt;region&gt;...</c>), upper case; null otherwise.</summary>
    public string? HostRegion { get; init; }

    /// <summary>The path and key form for an error's Resource element.</summary>
    public string Resource => Bucket.Length == 0 ? "/" : Key.Length == 0 ? $"/{Bucket}" : $"/{Bucket}/{Key}";
}
