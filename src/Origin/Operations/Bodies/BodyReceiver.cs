using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>
/// Streams a request's body into a blob. Two pieces take turns: while one is hashed and written, the next is read from the network. How large they are
/// follows from how fast the body comes (<see cref="PiecePool"/>).
/// A body that turns out truncated or wrong leaves nothing behind.
/// </summary>
internal static class BodyReceiver
{
    /// <summary>Receives the body. Besides the errors of verification, ServiceUnavailable when the disk is full or fails.</summary>
    /// <param name="context">The request.</param>
    /// <param name="declared">What its headers say of the body.</param>
    /// <param name="protection">How it is encrypted.</param>
    /// <param name="algorithms">The checksums to compute besides the declared one.</param>
    /// <exception cref="S3Exception">The body's coding, signature or hash is wrong.</exception>
    public static async Task<Outcome<ReceivedBody>> ReceiveAsync(
        OperationContext context, DeclaredBody declared, Protection protection, params IReadOnlyList<ChecksumAlgorithm> algorithms)
    {
        await using var body = BodyStream.Open(context, declared, out var chunked);
        return await ReceiveAsync(context, body, chunked, declared, protection, algorithms);
    }

    /// <summary>Receives bytes that come from elsewhere than the request's body.</summary>
    public static Task<Outcome<ReceivedBody>> ReceiveAsync(
        OperationContext context, Stream body, DeclaredBody declared, Protection protection, params IReadOnlyList<ChecksumAlgorithm> algorithms) =>
        ReceiveAsync(context, body, chunked: null, declared, protection, algorithms);

    private static async Task<Outcome<ReceivedBody>> ReceiveAsync(
        OperationContext context, Stream body, AwsChunkedStream? chunked, DeclaredBody declared, Protection protection,
        IReadOnlyList<ChecksumAlgorithm> algorithms)
    {
        var begun = await context.Services.Segments.BeginAsync(declared.Length, protection, context.Aborted);
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
            ? new ReceivedBody(committed.Value, blob.Length, completed, blob.ETagOf(completed.Md5))
            : committed.Error;
    }

    private static async Task<S3Error?> CopyAsync(OperationContext context, Stream body, SegmentWriter blob, BodyDigests digests, long? length)
    {
        var (pool, time) = (context.Services.Pieces, context.Services.Time);
        var limit = length ?? UploadLimits.MaxBodyLength;

        // One byte more than is to come, so that a small body and its end are one piece.
        var filling = pool.Rent((int)Math.Min(limit + 1, PiecePool.MinPiece));
        PiecePool.Piece? draining = null;
        Task<S3Error?> written = Task.FromResult<S3Error?>(null);
        try
        {
            long total = 0;
            while (true)
            {
                var began = time.GetTimestamp();
                var count = await BodyStream.FillAsync(body, filling.Memory, context.Aborted);
                total += count;
                context.Exchange.BytesReceived = total;
                if (total > limit)
                {
                    return length is null ? S3ErrorCode.EntityTooLarge : S3ErrorCode.IncompleteBody;
                }

                var size = PiecePool.SizeAfter(filling.Size, time.GetElapsedTime(began));
                if (await written is { } failed)
                {
                    return failed;
                }

                // A full piece may be followed by more, which can be read meanwhile; after a short one only the end is left.
                var isLast = count < filling.Size;
                written = WriteAsync(filling.Memory[..count], runBeside: !isLast);
                if (isLast)
                {
                    return await written ?? (length is null || total == length ? null : S3ErrorCode.IncompleteBody);
                }

                (filling, draining) = (Next(draining, (int)Math.Min(limit - total + 1, size)), filling);
            }
        }
        finally
        {
            // The write in flight still reads its piece: it must have ended before the pool may hand the piece to another.
            await ((Task)written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            filling.Dispose();
            draining?.Dispose();
        }

        PiecePool.Piece Next(PiecePool.Piece? drained, int size)
        {
            if (drained?.Size == size)
            {
                return drained;
            }

            drained?.Dispose();
            return pool.Rent(size);
        }

        async Task<S3Error?> WriteAsync(ReadOnlyMemory<byte> piece, bool runBeside)
        {
            if (runBeside)
            {
                await Task.Yield();
            }

            // The disk has its own threads: it writes while this one hashes.
            var writing = blob.WriteAsync(piece, context.Aborted);
            digests.Append(piece.Span);
            return await writing;
        }
    }
}

/// <summary>A body, durably stored but not yet owned by a version or part.</summary>
/// <param name="Segments">Its blobs: the caller's to discard until the catalog has them.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digests">What it hashes to.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
internal sealed record ReceivedBody(ImmutableArray<BlobSegment> Segments, long Length, CompletedDigests Digests, string ETag);
