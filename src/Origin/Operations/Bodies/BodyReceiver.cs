using System.Buffers;
using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>
/// Streams a request's body into a blob. Two pieces take turns: while one is hashed and written, the next is read from the network.
/// A body that turns out truncated or wrong leaves nothing behind.
/// </summary>
internal static class BodyReceiver
{
    /// <summary>Receives the body. Besides the errors of verification, ServiceUnavailable when the disk is full or fails.</summary>
    /// <param name="context">The request.</param>
    /// <param name="declared">What its headers say of the body.</param>
    /// <param name="algorithms">The checksums to compute besides the declared one.</param>
    /// <exception cref="S3Exception">The body's coding, signature or hash is wrong.</exception>
    public static async Task<Outcome<ReceivedBody>> ReceiveAsync(
        OperationContext context, DeclaredBody declared, params IReadOnlyList<ChecksumAlgorithm> algorithms)
    {
        await using var body = BodyStream.Open(context, declared, out var chunked);
        return await ReceiveAsync(context, body, chunked, declared, algorithms);
    }

    /// <summary>Receives bytes that come from elsewhere than the request's body.</summary>
    public static Task<Outcome<ReceivedBody>> ReceiveAsync(
        OperationContext context, Stream body, DeclaredBody declared, params IReadOnlyList<ChecksumAlgorithm> algorithms) =>
        ReceiveAsync(context, body, chunked: null, declared, algorithms);

    private static async Task<Outcome<ReceivedBody>> ReceiveAsync(
        OperationContext context, Stream body, AwsChunkedStream? chunked, DeclaredBody declared, IReadOnlyList<ChecksumAlgorithm> algorithms)
    {
        var begun = await context.Services.Blobs.BeginAsync(declared.Length, context.Aborted);
        if (!begun.Succeeded)
        {
            return begun.Error;
        }

        await using var blob = begun.Value;
        using var digests = new BodyDigests(declared.Checksum is { } c ? [.. algorithms, c.Algorithm] : algorithms);
        if (await CopyAsync(context, body, blob, digests, declared.Length) is { } failed)
        {
            return failed;
        }

        if (digests.Complete(declared, chunked?.Trailers, out var completed) is { } mismatch)
        {
            return mismatch;
        }

        var committed = await blob.CommitAsync(context.Aborted);
        return committed.Succeeded
            ? new ReceivedBody(committed.Value, blob.Length, completed)
            : committed.Error;
    }

    private static async Task<S3Error?> CopyAsync(OperationContext context, Stream body, BlobWriter blob, BodyDigests digests, long? length)
    {
        // One byte more than is to come, so that a small body and its end are one piece.
        var pieceSize = (int)Math.Min((length ?? UploadLimits.MaxBodyLength) + 1, UploadLimits.PieceSize);
        var filling = ArrayPool<byte>.Shared.Rent(pieceSize);
        var draining = ArrayPool<byte>.Shared.Rent(pieceSize);
        Task<S3Error?> written = Task.FromResult<S3Error?>(null);
        try
        {
            long total = 0;
            while (true)
            {
                var count = await BodyStream.FillAsync(body, filling.AsMemory(0, pieceSize), context.Aborted);
                total += count;
                context.Exchange.BytesReceived = total;
                if (total > (length ?? UploadLimits.MaxBodyLength))
                {
                    return length is null ? S3ErrorCode.EntityTooLarge : S3ErrorCode.IncompleteBody;
                }

                if (await written is { } failed)
                {
                    return failed;
                }

                // A full piece may be followed by more, which can be read meanwhile; after a short one only the end is left.
                var isLast = count < pieceSize;
                written = WriteAsync(filling.AsMemory(0, count), runBeside: !isLast);
                if (isLast)
                {
                    return await written ?? (length is null || total == length ? null : S3ErrorCode.IncompleteBody);
                }

                (filling, draining) = (draining, filling);
            }
        }
        finally
        {
            // The write in flight still reads its buffer: it must have ended before the pool may hand the buffer to another.
            await ((Task)written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(draining);
        }

        async Task<S3Error?> WriteAsync(ReadOnlyMemory<byte> piece, bool runBeside)
        {
            if (runBeside)
            {
                await Task.Yield();
            }

            digests.Append(piece.Span);
            return piece.IsEmpty ? null : await blob.WriteAsync(piece, context.Aborted);
        }
    }
}

/// <summary>A body, durably stored but not yet owned by a version or part.</summary>
/// <param name="Segments">Its blobs: the caller's to discard until the catalog has them.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digests">What it hashes to.</param>
internal sealed record ReceivedBody(ImmutableArray<BlobSegment> Segments, long Length, CompletedDigests Digests);
