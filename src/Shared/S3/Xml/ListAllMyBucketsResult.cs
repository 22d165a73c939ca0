namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html">ListBuckets</see>.</summary>
public sealed record ListAllMyBucketsResult
{
    /// <summary>The caller's organization.</summary>
    public required S3Owner Owner { get; init; }

    /// <summary>The buckets, by name.</summary>
    public required IReadOnlyList<ListedBucket> Buckets { get; init; }

    /// <summary>Where the next page starts; null when this is the last.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>The prefix asked for; null when none was.</summary>
    public string? Prefix { get; init; }

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("ListAllMyBucketsResult", this, static (w, result) =>
    {
        result.Owner.WriteTo(w, "Owner");
        w.Group("Buckets", result.Buckets, static (w, buckets) =>
        {
            foreach (var bucket in buckets)
            {
                w.Group("Bucket", bucket, static (w, b) =>
                {
                    w.Text("Name", b.Name);
                    w.Time("CreationDate", b.CreatedAt);
                    w.Text("BucketRegion", b.Region);
                });
            }
        });
        w.Text("ContinuationToken", result.ContinuationToken);
        w.Text("Prefix", result.Prefix);
    });
}

/// <summary>A row of <see cref="ListAllMyBucketsResult"/>.</summary>
/// <param name="Name">The bucket's name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Region">Its home region; null to leave it out.</param>
public sealed record ListedBucket(string Name, DateTimeOffset CreatedAt, string? Region = null);
