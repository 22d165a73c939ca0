using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Tests.S3;

internal static class SampleFacts
{
    public const string ETag = "9b2cf535f27731c974343645a3985328";

    public static readonly DateTimeOffset Modified = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static VersionFacts Of(long size, params long[] partSizes) => new()
    {
        Bucket = "bkt",
        Key = "key",
        Generation = new Generation(1, 2),
        VersionId = string.Empty,
        Size = size,
        ETag = ETag,
        LastModified = Modified,
        PartSizes = [.. partSizes],
    };
}
