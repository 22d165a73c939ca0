using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>The documentation's chunked uploads, byte for byte: 65,536 and then 1,024 letters <c>a</c>.</summary>
public class DocumentedChunkTests
{
    private const string Chunked =
        "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n{0}\r\n" +
        "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n{1}\r\n" +
        "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";

    private const string ChunkedWithTrailer =
        "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n{0}\r\n" +
        "400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n{1}\r\n" +
        "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n" +
        "x-amz-checksum-crc32c:sOO8/Q==\r\n" +
        "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";

    [Fact]
    public async Task The_documented_chunks_decode()
    {
        var body = Body(Chunked);
        Assert.Equal(66_824, body.Length);

        await using var stream = Open(DocumentedExamples.ChunkedPut(), body);

        Assert.Equal(Content(), await stream.ReadAllAsync());
        Assert.Empty(stream.Trailers);
    }

    [Theory]
    [InlineData("\r\nx-amz-checksum")] // As documented.
    [InlineData("\r\n\r\nx-amz-checksum")] // With an empty line before the trailers.
    public async Task The_documented_chunks_with_a_trailer_decode(string beforeTrailers)
    {
        var text = ChunkedWithTrailer.Replace("\r\nx-amz-checksum", beforeTrailers, StringComparison.Ordinal);

        await using var stream = Open(DocumentedExamples.ChunkedPutWithTrailer(), Body(text), declared: "x-amz-checksum-crc32c");

        Assert.Equal(Content(), await stream.ReadAllAsync());
        Assert.Equal([new("x-amz-checksum-crc32c", "sOO8/Q==")], stream.Trailers);
    }

    /// <summary>minio-go ends the trailer by LF and puts an empty line before the signature.</summary>
    [Fact]
    public async Task A_trailer_ended_by_line_feed_decodes()
    {
        var text = ChunkedWithTrailer.Replace("sOO8/Q==\r\n", "sOO8/Q==\n\r\n", StringComparison.Ordinal);

        await using var stream = Open(DocumentedExamples.ChunkedPutWithTrailer(), Body(text));

        Assert.Equal(Content(), await stream.ReadAllAsync());
        Assert.Equal("sOO8/Q==", stream.Trailers["x-amz-checksum-crc32c"]);
    }

    private static AwsChunkedStream Open(TestRequest request, byte[] body, string? declared = null)
    {
        Assert.Null(SigV4Parser.TryParse(request, out var claim));
        return new AwsChunkedStream(new MemoryStream(body), claim, DocumentedExamples.Key, 66_560, declared);
    }

    private static byte[] Body(string format) =>
        Encoding.ASCII.GetBytes(format.Replace("{0}", new string('a', 65_536), StringComparison.Ordinal)
            .Replace("{1}", new string('a', 1024), StringComparison.Ordinal));

    private static byte[] Content() => Encoding.ASCII.GetBytes(new string('a', 66_560));
}
