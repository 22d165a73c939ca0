using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.SigV4;

public class AwsChunkedStreamTests
{
    private const PayloadKind Unsigned = PayloadKind.StreamingUnsignedTrailer;

    public static TheoryData<PayloadKind> Kinds => [PayloadKind.StreamingSigned, PayloadKind.StreamingSignedTrailer, Unsigned];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_read_size_gives_the_same_bytes(PayloadKind kind)
    {
        var content = ByteStreams.Content(1, 700);
        var body = ChunkedBody.Encode(kind, content, 256);
        for (var size = 1; size <= body.Length; size++)
        {
            var slices = Enumerable.Repeat(size, body.Length / size).ToArray();
            await using var bySource = ChunkedBody.Decode(kind, new SlicedStream(body, slices), content.Length);
            Assert.Equal(content, await bySource.ReadAllAsync());
            await using var byReader = ChunkedBody.Decode(kind, new MemoryStream(body), content.Length);
            Assert.Equal(content, await byReader.ReadAllAsync(size));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_chunk_size_decodes(PayloadKind kind)
    {
        var content = ByteStreams.Content(2, 40_000);
        foreach (var chunkSize in (int[])[1, 7, 1000, 8191, 8192, 8193, 39_999, 40_000, 50_000])
        {
            await using var stream = ChunkedBody.Decode(kind, new MemoryStream(ChunkedBody.Encode(kind, content, chunkSize)), decodedLength: -1);
            Assert.Equal(content, await stream.ReadAllAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_empty_body_decodes(PayloadKind kind)
    {
        await using var stream = ChunkedBody.Decode(kind, new MemoryStream(ChunkedBody.Encode(kind, [], 1)), decodedLength: 0);

        Assert.Empty(await stream.ReadAllAsync());
        Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_chunk_larger_than_memory_should_hold_streams_through()
    {
        const int length = 17 << 20;
        var content = ByteStreams.Content(3, length);
        var body = ChunkedBody.Encode(PayloadKind.StreamingSigned, content, length);
        await using var stream = ChunkedBody.Decode(PayloadKind.StreamingSigned, new MemoryStream(body), length);

        var read = await stream.ReadAsync(new byte[1 << 16], TestContext.Current.CancellationToken);

        Assert.InRange(read, 1, 1 << 16);
        Assert.Equal(content[read..], await stream.ReadAllAsync(1 << 16));
    }

    [Theory]
    [InlineData(PayloadKind.StreamingSigned)]
    [InlineData(PayloadKind.StreamingSignedTrailer)]
    public async Task Every_changed_byte_of_a_signed_body_fails(PayloadKind kind)
    {
        var content = ByteStreams.Content(4, 100);
        var body = ChunkedBody.Encode(kind, content, 40);
        for (var at = 0; at < body.Length; at++)
        {
            var changed = (byte[])body.Clone();
            changed[at] ^= 1;
            await using var stream = ChunkedBody.Decode(kind, new MemoryStream(changed), content.Length);
            var end = await Record.ExceptionAsync(() => stream.ReadAllAsync());
            Assert.True(end is S3Exception, $"byte {at} ({(char)body[at]}) was changed unnoticed");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_truncation_fails(PayloadKind kind)
    {
        var content = ByteStreams.Content(5, 100);
        var body = ChunkedBody.Encode(kind, content, 40);
        // The final empty line carries nothing, and some clients leave it out.
        for (var length = 0; length < body.Length - 2; length++)
        {
            await using var stream = ChunkedBody.Decode(
                kind, new MemoryStream(body[..length]), content.Length, kind == PayloadKind.StreamingSigned ? null : "x-amz-checksum-crc32c,x-amz-meta-note");
            var error = await stream.ReadToErrorAsync();
            Assert.True(error is S3ErrorCode.IncompleteBody or S3ErrorCode.InvalidRequest or S3ErrorCode.SignatureDoesNotMatch, $"{error} at {length}");
        }
    }

    [Fact]
    public async Task The_last_bytes_of_a_chunk_are_not_handed_out_unverified()
    {
        var body = ChunkedBody.Encode(PayloadKind.StreamingSigned, "good, bad"u8, 100);
        body[body.AsSpan().IndexOf("bad"u8)] ^= 1;
        await using var stream = ChunkedBody.Decode(PayloadKind.StreamingSigned, new MemoryStream(body), 9);

        Assert.Equal(4, await stream.ReadAsync(new byte[4], TestContext.Current.CancellationToken));
        Assert.Equal(S3ErrorCode.SignatureDoesNotMatch, await stream.ReadToErrorAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_length_other_than_declared_is_incomplete(PayloadKind kind)
    {
        var body = ChunkedBody.Encode(kind, new byte[100], 40);
        foreach (var declared in (int[])[0, 39, 40, 99, 101, 1000])
        {
            await using var stream = ChunkedBody.Decode(kind, new MemoryStream(body), declared);
            Assert.Equal(S3ErrorCode.IncompleteBody, await stream.ReadToErrorAsync());
        }
    }

    [Theory]
    [InlineData("zz\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("-1\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5 5\r\nhello\r\n0\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData(";chunk-signature=a\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("140000001\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("8000000000000000\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("ffffffffffffffff\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("10000000000000000\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhelloo\r\n0\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhello0\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhello\r\n0\r\nno colon\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhello\r\n0\r\n:v\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhello\r\n0\r\nbad name:v\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhello\r\n0\r\na:1\r\nA:2\r\n\r\n", S3ErrorCode.InvalidRequest)]
    [InlineData("5\r\nhello\r\n0\r\na:1", S3ErrorCode.IncompleteBody)]
    [InlineData("5\r\nhello\r\n", S3ErrorCode.IncompleteBody)]
    [InlineData("5\r\nhel", S3ErrorCode.IncompleteBody)]
    [InlineData("5\r\n", S3ErrorCode.IncompleteBody)]
    [InlineData("5", S3ErrorCode.IncompleteBody)]
    [InlineData("", S3ErrorCode.IncompleteBody)]
    public async Task A_malformed_body_is_refused(string body, S3ErrorCode expected)
    {
        await using var stream = ChunkedBody.Decode(Unsigned, new MemoryStream(Encoding.ASCII.GetBytes(body)), decodedLength: -1);

        Assert.Equal(expected, await stream.ReadToErrorAsync());
    }

    [Theory]
    [InlineData("0\r\n", 17)] // Too many trailers.
    [InlineData("0\r\nlong:", 9000)] // A line over the limit, and too long in all.
    public async Task Trailers_are_bounded(string start, int count)
    {
        var text = start + (count == 17 ? string.Concat(Enumerable.Range(0, count).Select(i => $"t{i}:v\r\n")) : new string('x', count) + "\r\n") + "\r\n";
        await using var stream = ChunkedBody.Decode(Unsigned, new MemoryStream(Encoding.ASCII.GetBytes(text)), decodedLength: 0);

        Assert.Equal(S3ErrorCode.InvalidRequest, await stream.ReadToErrorAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0\r\n")]
    public async Task An_endless_line_or_endless_empty_lines_end_in_an_error(string start)
    {
        var endless = start.Length == 0 ? new string('1', 100_000) : start + string.Concat(Enumerable.Repeat("\r\n", 50_000));
        var source = new SlicedStream(Encoding.ASCII.GetBytes(endless), []);
        await using var stream = ChunkedBody.Decode(Unsigned, source, decodedLength: -1);

        Assert.Equal(S3ErrorCode.InvalidRequest, await stream.ReadToErrorAsync());
        Assert.InRange(source.BytesRead, 0, 20_000);
    }

    [Theory]
    [InlineData("a, b", "a:1\r\nb:2\r\n", true)]
    [InlineData("A,B", "b:2\r\na:1\r\n", true)]
    [InlineData(null, "a:1\r\nb:2\r\n", true)]
    [InlineData("a", "a:1\r\nb:2\r\n", false)]
    [InlineData("a,b", "a:1\r\n", false)]
    [InlineData("a", "", false)]
    public async Task The_announced_trailers_must_come_and_no_others(string? declared, string trailers, bool isValid)
    {
        var body = Encoding.ASCII.GetBytes($"2\r\nhi\r\n0\r\n{trailers}\r\n");
        await using var stream = new AwsChunkedStream(new MemoryStream(body), claim: null, key: null, 2, declared);

        Assert.Equal(isValid, await Record.ExceptionAsync(() => stream.ReadAllAsync()) is null);
    }

    [Fact]
    public async Task Bytes_after_the_last_chunk_of_a_body_without_trailers_are_refused()
    {
        byte[] body = [.. ChunkedBody.Encode(PayloadKind.StreamingSigned, "hi"u8, 2), .. "x-amz-checksum-crc32:AAAAAA==\r\n"u8];
        await using var stream = ChunkedBody.Decode(PayloadKind.StreamingSigned, new MemoryStream(body), 2);

        Assert.Equal(S3ErrorCode.InvalidRequest, await stream.ReadToErrorAsync());
    }

    [Fact]
    public async Task Trailers_are_lower_cased_and_trimmed()
    {
        await using var stream = ChunkedBody.Decode(
            PayloadKind.StreamingSignedTrailer, new MemoryStream(ChunkedBody.Encode(PayloadKind.StreamingSignedTrailer, "hi"u8, 2)), 2);
        await stream.ReadAllAsync();

        Assert.Equal([new("x-amz-checksum-crc32c", "sOO8/Q=="), new("x-amz-meta-note", "später")], stream.Trailers);
    }

    [Fact]
    public async Task Cancellation_reaches_the_source()
    {
        using var cancelled = new CancellationTokenSource();
        var source = new SlicedStream(new byte[1], [1], (_, token) => Task.Delay(Timeout.Infinite, token));
        await using var stream = ChunkedBody.Decode(Unsigned, source, decodedLength: -1);
        var read = stream.ReadAsync(new byte[1], cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
    }

    [Fact]
    public void Synchronous_reads_are_not_supported()
    {
        using var stream = ChunkedBody.Decode(Unsigned, new MemoryStream(), decodedLength: -1);

        Assert.Throws<NotSupportedException>(() => stream.ReadByte());
    }
}
