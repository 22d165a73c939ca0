using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

/// <summary>User metadata, tags and standard headers: what an upload's headers leave with the object.</summary>
public sealed class StoredWithObjectTests
{
    [Fact]
    public void Metadata_keeps_values_and_lowers_names()
    {
        KeyValuePair<string, string>[] headers =
            [new("Host", "x"), new("X-Amz-Meta-Colour", "=?UTF-8?Q?gr=C3=BCn?="), new("x-amz-meta-Größe", "ü"), new("x-amz-meta-", "nameless"), new("x-amz-meta-empty", "")];
        Assert.Null(UserMetadata.TryRead(headers, out var metadata));
        Assert.Equal(["colour==?UTF-8?Q?gr=C3=BCn?=", "empty=", "größe=ü"], metadata.Select(static m => $"{m.Key}={m.Value}"));
    }

    [Theory]
    [InlineData(2044, true)]
    [InlineData(2045, false)]
    public void Metadata_is_limited_in_bytes_of_names_and_values(int bytes, bool accepted)
    {
        KeyValuePair<string, string>[] headers = [new("x-amz-meta-ab", "é"), new("x-amz-meta-c", new string('v', bytes - 1))];
        var error = UserMetadata.TryRead(headers, out var metadata);
        Assert.Equal(accepted ? null : S3ErrorCode.MetadataTooLarge, error?.Code);
        Assert.Equal(accepted ? 2 : 0, metadata.Count);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("foo=bar&bar", "bar=;foo=bar")]
    [InlineData("a%20b=c+d&x=%2B-=._:/@", "a b=c d;x=+-=._:/@")]
    [InlineData("gr%C3%B6%C3%9Fe=%E4%BD%A0", "größe=你")]
    public void Tags_are_read(string? header, string expected)
    {
        Assert.Null(ObjectTags.TryParseHeader(header, out var tags));
        Assert.Equal(expected, string.Join(';', tags.Select(static t => $"{t.Key}={t.Value}")));
    }

    [Theory]
    [InlineData("a=1&a=2", S3ErrorCode.InvalidTag)]
    [InlineData("=1", S3ErrorCode.InvalidTag)]
    [InlineData("aws:x=1", S3ErrorCode.InvalidTag)]
    [InlineData("a%00=1", S3ErrorCode.InvalidTag)]
    [InlineData("a=%3C", S3ErrorCode.InvalidTag)]
    [InlineData("a=%zz", S3ErrorCode.InvalidArgument)]
    public void Bad_tags_are_refused(string header, S3ErrorCode expected)
    {
        Assert.Equal(expected, ObjectTags.TryParseHeader(header, out var tags)!.Code);
        Assert.Empty(tags);
    }

    [Theory]
    [InlineData(10, 128, 256, null)]
    [InlineData(11, 1, 1, S3ErrorCode.InvalidTag)]
    [InlineData(1, 129, 1, S3ErrorCode.InvalidTag)]
    [InlineData(1, 1, 257, S3ErrorCode.InvalidTag)]
    public void Tags_are_limited(int count, int keyLength, int valueLength, S3ErrorCode? expected)
    {
        var header = string.Join('&', Enumerable.Range(0, count).Select(i => $"{((char)('a' + i)).ToString().PadRight(keyLength, 'k')}={new string('v', valueLength)}"));
        Assert.Equal(expected, ObjectTags.TryParseHeader(header, out _)?.Code);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate, gzip", "deflate, gzip")]
    [InlineData("gzip, aws-chunked", "gzip")]
    [InlineData("aws-chunked,gzip, br", "gzip, br")]
    [InlineData("aws-chunked", null)]
    [InlineData("AWS-Chunked, aws-chunked", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_coding_of_the_transfer_is_not_kept(string? header, string? expected) =>
        Assert.Equal(expected, StandardHeaders.Read(name => name == "Content-Encoding" ? header : null).GetValueOrDefault("Content-Encoding"));

    [Fact]
    public void Standard_headers_are_kept() => Assert.Equal(
        ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires", "x-amz-website-redirect-location"],
        StandardHeaders.Read(static _ => "value").Keys);
}
