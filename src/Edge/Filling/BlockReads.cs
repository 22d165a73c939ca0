using System.Buffers;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// The blocks of one read that moves no whole chunks: at its first miss it begins the fills of all the blocks that are missing, as many requests as there are
/// gaps, and takes each as the reader comes to it.
/// </summary>
internal sealed class BlockReads(ChunkCache store, FillTable fills, FillTarget target, byte reader, ReadScope scope)
{
    private readonly List<ChunkFill> _claimed = [];

    /// <summary>Where the block is that has a byte of a chunk. A place in its fill passes to the caller.</summary>
    public BlockPlace Find(ChunkId id, int within)
    {
        if (_claimed.Count > 0 && TakeClaimed(id, within) is { } claimed)
        {
            return new(claimed, false);
        }

        var block = within / ChunkGeometry.BlockSize;
        if (store.ContainsBlock(id, block))
        {
            return new(null, true);
        }

        var place = Seek(id, block);
        if (place.Fill is { } fill)
        {
            Claim(id, Beyond(fill));
        }

        return place;
    }

    private ChunkFill? TakeClaimed(ChunkId id, int within)
    {
        var at = _claimed.FindIndex(fill => fill.Id == id && fill.Extent.Covers(within));
        if (at < 0)
        {
            return null;
        }

        var claimed = _claimed[at];
        _claimed.RemoveAt(at);
        if (!claimed.HasFailed)
        {
            return claimed;
        }

        claimed.Leave();
        return null;
    }

    /// <summary>Reads bytes of a stored block; 0 when it is gone or damaged.</summary>
    public async ValueTask<int> ReadStoredAsync(ChunkId id, int within, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var block = within / ChunkGeometry.BlockSize;
        var skip = within % ChunkGeometry.BlockSize;
        var length = Math.Min(ChunkGeometry.BlockSize, ChunkGeometry.LengthOf(id.Index, target.Version.Size) - (within - skip));
        if (skip == 0 && destination.Length >= length)
        {
            return Math.Max(0, await store.ReadBlockAsync(id, block, reader, destination, cancellationToken));
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var read = await store.ReadBlockAsync(id, block, reader, buffer.AsMemory(0, length), cancellationToken);
        var count = Math.Min(destination.Length, read - skip);
        if (count > 0)
        {
            buffer.AsSpan(skip, count).CopyTo(destination.Span);
        }

        // Not in a finally: after an exception the buffer may still be written to.
        ArrayPool<byte>.Shared.Return(buffer);
        return Math.Max(0, count);
    }

    /// <summary>The read is over: gives the places in fills up that it has not come to.</summary>
    public void End()
    {
        foreach (var fill in _claimed)
        {
            fill.Leave();
        }

        _claimed.Clear();
    }

    private BlockPlace Seek(ChunkId id, int block) => fills.FindBlocks(id, block, scope.LastBlock(id.Index), scope.IsSmall, target, reader);

    private void Claim(ChunkId id, int from)
    {
        for (var block = from; block <= scope.LastBlock(id.Index);)
        {
            if (_claimed.Exists(fill => fill.Id == id && fill.Extent.Covers(block * ChunkGeometry.BlockSize)))
            {
                block++;
                continue;
            }

            var place = Seek(id, block);
            if (place.Fill is { } fill)
            {
                _claimed.Add(fill);
                block = Beyond(fill);
            }
            else if (place.IsStored)
            {
                block++;
            }
            else
            {
                return;
            }
        }

        var next = id with { Index = id.Index + 1 };
        if (scope.Touches(next.Index) && scope.IsSparse(next.Index))
        {
            Claim(next, 0);
        }
    }

    private static int Beyond(ChunkFill fill) => fill.Extent.LastBlock + 1;
}
