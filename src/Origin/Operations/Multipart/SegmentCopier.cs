using System.Buffers;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>Copies a range of an object into a new blob, hashing it on the way.</summary>
internal static class SegmentCopier
{
    public static async Task<Outcome<ReceivedBody>> CopyAsync(
        OperationContext context, CopySource source, ByteRange range, Protection protection, ChecksumAlgorithm algorithm)
    {
        var segments = source.Local!.Segments;
        var begun = await context.Services.Segments.BeginAsync(range.Length, protection, context.Aborted);
        if (!begun.Succeeded)
        {
            return begun.Error;
        }

        await using var target = begun.Value;
        using var hold = segments.Length > 1 ? context.Services.Blobs.Holds.Enter() : null;
        using var digests = new BodyDigests(algorithm);
        var (offset, remaining) = (range.Offset, range.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(UploadLimits.PieceSize);
        try
        {
            foreach (var segment in segments)
            {
                if (offset >= segment.PlainLength)
                {
                    offset -= segment.PlainLength;
                    continue;
                }

                if (remaining == 0)
                {
                    break;
                }

                var count = Math.Min(remaining, segment.PlainLength - offset);
                if (await CopySegmentAsync(context, segment, source.Key, offset, count, buffer, digests, target) is { } error)
                {
                    return error;
                }

                remaining -= count;
                offset = 0;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (digests.Complete(new DeclaredBody(range.Length, PayloadKind.Unsigned, null, null), null, out var completed) is { } mismatch)
        {
            return mismatch;
        }

        var committed = await target.CommitAsync(context.Aborted);
        return committed.Succeeded ? new ReceivedBody(committed.Value, range.Length, completed, target.ETagOf(completed.Md5)) : committed.Error;
    }

    private static async Task<S3Error?> CopySegmentAsync(
        OperationContext context, BlobSegment segment, CustomerKey? key, long offset, long count, byte[] buffer, BodyDigests digests,
        SegmentWriter target)
    {
        var opened = context.Services.Segments.OpenRead(segment, key);
        if (!opened.Succeeded)
        {
            return opened.Error;
        }

        using var blob = opened.Value;
        while (count > 0)
        {
            var read = await blob.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), offset, context.Aborted);
            if (read == 0)
            {
                return S3ErrorCode.InternalError;
            }

            digests.Append(buffer.AsSpan(0, read));
            if (await target.WriteAsync(buffer.AsMemory(0, read), context.Aborted) is { } error)
            {
                return error;
            }

            offset += read;
            count -= read;
        }

        return null;
    }
}
