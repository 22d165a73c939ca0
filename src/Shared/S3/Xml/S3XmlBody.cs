using System.Buffers;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>Reads request bodies that are documents: whole, but never more than a bound.</summary>
internal static class S3XmlBody
{
    /// <summary>The largest body of a request whose document has a bound of its own nowhere, in bytes.</summary>
    public const int DefaultMaxBytes = 64 * 1024;

    private const int FirstBuffer = 4096;

    /// <summary>The refusal of a document that cannot be read.</summary>
    public static S3Error Malformed { get; } = S3ErrorCode.MalformedXML;

    /// <summary>
    /// Reads a body to its end, so that a stream that verifies a digest there has done so; null when it is longer than <paramref name="maxBytes"/>.
    /// </summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                length += read;
                if (length > maxBytes)
                {
                    return null;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a body and parses it; MalformedXML when it is too long.</summary>
    public static async ValueTask<(T? Value, S3Error? Error)> ReadAsync<T>(
        Stream body, int maxBytes, Func<ReadOnlyMemory<byte>, (T? Value, S3Error? Error)> parse, CancellationToken cancellationToken)
        where T : class =>
        await ReadAsync(body, maxBytes, cancellationToken) is { } document ? parse(document) : (null, Malformed);
}
