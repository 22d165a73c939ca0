using System.Buffers;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>The blocks of a chunk that need not be fetched for its fill: stored ones, and those that runs under way will have.</summary>
/// <param name="store">Has the stored ones.</param>
/// <param name="fill">The fill; only that of a whole chunk of several blocks finds any.</param>
/// <param name="runs">Fills under way of the same chunk, with a place in each.</param>
internal sealed class PresentBlocks(ChunkCache store, ChunkFill fill, IReadOnlyList<ChunkFill> runs)
{
    /// <summary>Blocks that turned out not to be where they should: by then no run has them and the store lost them.</summary>
    private ulong _lost;

    private bool Applies => fill.Extent is { IsWhole: true, IsBlocks: false };

    /// <summary>Takes the fill's next bytes from a block that is here, waiting for them if need be; false when they have to be fetched.</summary>
    public async ValueTask<bool> TakeAsync(CancellationToken cancellationToken)
    {
        if (!Applies)
        {
            return false;
        }

        var at = fill.Available;
        var block = at / ChunkGeometry.BlockSize;
        if (RunOf(block) is { } run)
        {
            var progress = await run.WaitBeyondAsync(at - run.Extent.Start, cancellationToken);
            if (progress.Available > at - run.Extent.Start && run.TryCopy(at - run.Extent.Start, fill.Remaining.Span) is var copied and > 0)
            {
                fill.Advance(copied);
                return true;
            }
        }

        if (IsStored(block) && await ReadStoredAsync(block, at % ChunkGeometry.BlockSize, cancellationToken))
        {
            return true;
        }

        _lost |= 1UL << block;
        return false;
    }

    /// <summary>How many bytes have to be fetched, from the fill's next one up to a block that is here.</summary>
    public int Gap()
    {
        var end = (fill.Available / ChunkGeometry.BlockSize) + 1;
        var blocks = ChunkGeometry.BlocksOf(fill.Length);
        while (end < blocks && !(Applies && (RunOf(end) is not null || IsStored(end))))
        {
            end++;
        }

        return Math.Min(fill.Length, end * ChunkGeometry.BlockSize) - fill.Available;
    }

    // A run may have been stored after part of a block was copied from it: the rest is then in the middle of the stored one.
    private async ValueTask<bool> ReadStoredAsync(int block, int skip, CancellationToken cancellationToken)
    {
        var length = Math.Min(ChunkGeometry.BlockSize, fill.Length - (block * ChunkGeometry.BlockSize));
        if (skip == 0)
        {
            if (await store.ReadBlockAsync(fill.Id, block, fill.Reader, fill.Remaining, cancellationToken) != length)
            {
                return false;
            }
        }
        else
        {
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            var read = await store.ReadBlockAsync(fill.Id, block, fill.Reader, buffer.AsMemory(0, length), cancellationToken);
            if (read == length)
            {
                buffer.AsSpan(skip, length - skip).CopyTo(fill.Remaining.Span);
            }

            // Not in a finally: after an exception the buffer may still be written to.
            ArrayPool<byte>.Shared.Return(buffer);
            if (read != length)
            {
                return false;
            }
        }

        fill.Advance(length - skip);
        return true;
    }

    private bool IsStored(int block) => !IsLost(block) && store.ContainsBlock(fill.Id, block);

    private ChunkFill? RunOf(int block)
    {
        if (IsLost(block))
        {
            return null;
        }

        foreach (var run in runs)
        {
            if (run.Extent.Covers(block * ChunkGeometry.BlockSize) && !run.HasFailed)
            {
                return run;
            }
        }

        return null;
    }

    private bool IsLost(int block) => (_lost & (1UL << block)) != 0;
}
