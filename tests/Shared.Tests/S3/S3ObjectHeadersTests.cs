using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class S3ObjectHeadersTests
{
    private static readonly VersionFacts Rich = Make();

    [Fact]
    public void A_bare_object_has_only_the_basics() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["Content-Type"] = "binary/octet-stream",
            ["ETag"] = "\"" + SampleFacts.ETag + "\"",
            ["Last-Modified"] = "Mon, 06 May 2024 07:08:09 GMT",
            ["Accept-Ranges"] = "bytes",
        },
        Headers(SampleFacts.Of(5), new(), checksumMode: true));

    [Fact]
    public void Everything_stored_comes_back() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["Content-Type"] = "text/plain",
            ["Cache-Control"] = "max-age=5",
            ["Content-Disposition"] = "attachment",
            ["ETag"] = "\"" + SampleFacts.ETag + "\"",
            ["Last-Modified"] = "Mon, 06 May 2024 07:08:09 GMT",
            ["Accept-Ranges"] = "bytes",
            ["x-amz-version-id"] = "null",
            ["x-amz-meta-colour"] = "grün",
            ["x-amz-storage-class"] = "STANDARD_IA",
            ["x-amz-tagging-count"] = "3",
            ["x-amz-checksum-crc32c"] = "yZRlqg==",
            ["x-amz-checksum-type"] = "FULL_OBJECT",
        },
        Headers(Rich, new(), checksumMode: true));

    [Fact]
    public void The_checksum_is_told_only_when_asked_for_and_whole()
    {
        Assert.DoesNotContain("x-amz-checksum-crc32c", Headers(Rich, new(), checksumMode: false));
        Assert.DoesNotContain("x-amz-checksum-crc32c", Headers(Rich, new() { Range = "bytes=1-2" }, checksumMode: true));
        Assert.Contains("x-amz-checksum-crc32c", Headers(Rich, new() { Range = "bytes=0-4" }, checksumMode: true));
    }

    [Fact]
    public void Not_modified_carries_validators_and_nothing_of_a_body()
    {
        var headers = Headers(Rich, new() { IfNoneMatch = "*" }, checksumMode: true);
        Assert.Equal(["Cache-Control", "ETag", "Last-Modified", "x-amz-version-id"], headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_part_tells_how_many_there_are()
    {
        var facts = SampleFacts.Of(10, 6, 4);
        Assert.DoesNotContain("x-amz-mp-parts-count", Headers(facts, new(), checksumMode: false));
        var headers = Headers(facts, new() { PartNumber = "2" }, checksumMode: false);
        Assert.Equal(("2", "bytes 6-9/10"), (headers["x-amz-mp-parts-count"], headers["Content-Range"]));
    }

    [Fact]
    public void A_delete_marker_says_so()
    {
        var marker = SampleFacts.Of(0) with { IsDeleteMarker = true, VersionId = "v1" };
        var current = Headers(marker, new(), checksumMode: false);
        Assert.Equal(["x-amz-delete-marker", "x-amz-version-id"], current.Keys.Order(StringComparer.Ordinal));
        var named = Headers(marker, new() { VersionIdGiven = true }, checksumMode: false);
        Assert.Equal(("true", "DELETE"), (named["x-amz-delete-marker"], named["Allow"]));
    }

    [Fact]
    public void Overrides_replace_stored_headers()
    {
        var headers = Headers(Rich, new(), checksumMode: false);
        Assert.True(S3Query.TryParse("response-content-type=a%2Fb&response-expires=123&response-cache-control=no-cache", out var query));
        Assert.Null(ResponseOverrides.TryParse(query, isAnonymous: false, out var overrides));
        overrides.Apply((name, value) => headers[name] = value);
        Assert.Equal(("a/b", "123", "no-cache", "attachment"),
            (headers["Content-Type"], headers["Expires"], headers["Cache-Control"], headers["Content-Disposition"]));
    }

    [Theory]
    [InlineData("response-content-type=a", true, S3ErrorCode.InvalidRequest)]
    [InlineData("prefix=a", true, null)]
    [InlineData("response-content-type=a%0d%0aSet-Cookie:x", false, S3ErrorCode.InvalidArgument)]
    [InlineData("response-content-type=a%00", false, S3ErrorCode.InvalidArgument)]
    public void Overrides_are_refused(string rawQuery, bool isAnonymous, S3ErrorCode? expected)
    {
        Assert.True(S3Query.TryParse(rawQuery, out var query));
        Assert.Equal(expected, ResponseOverrides.TryParse(query, isAnonymous, out var overrides)?.Code);
        Assert.Empty(overrides.Headers);
    }

    [Theory]
    [InlineData(null, "STANDARD")]
    [InlineData("", "STANDARD")]
    [InlineData("STANDARD_IA", "STANDARD_IA")]
    public void Storage_classes_are_read(string? header, string expected)
    {
        Assert.Null(S3StorageClass.TryParse(header, out var storageClass));
        Assert.Equal(expected, storageClass);
    }

    [Theory]
    [InlineData("GLACIER")]
    [InlineData("standard")]
    public void Unknown_storage_classes_are_refused(string header) =>
        Assert.Equal(S3ErrorCode.InvalidStorageClass, S3StorageClass.TryParse(header, out _)!.Code);

    private static Dictionary<string, string> Headers(VersionFacts facts, ObjectReadConditions conditions, bool checksumMode)
    {
        var headers = new Dictionary<string, string>();
        S3ObjectHeaders.Write(facts, ObjectReadPlan.Make(facts, "GET", conditions), (name, value) => headers[name] = value, checksumMode);
        return headers;
    }

    private static VersionFacts Make()
    {
        var facts = SampleFacts.Of(5);
        return facts with
        {
            VersionId = "null",
            Headers = facts.Headers.Add("Content-Type", "text/plain").Add("Cache-Control", "max-age=5").Add("Content-Disposition", "attachment"),
            UserMetadata = facts.UserMetadata.Add("colour", "grün"),
            StorageClass = "STANDARD_IA",
            TagCount = 3,
            Checksum = new ObjectChecksum(ChecksumAlgorithm.Crc32C, ChecksumType.FullObject, "yZRlqg=="),
        };
    }
}
