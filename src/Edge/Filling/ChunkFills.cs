using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Filling;

/// <summary>What is under way of one chunk: the fill of all of it, or of runs of its blocks, no two of which overlap. Under the table's lock.</summary>
internal sealed class ChunkFills
{
    private readonly List<ChunkFill> _runs = [];

    /// <summary>The fill of all of it. Once there is one, no run begins.</summary>
    public ChunkFill? Whole { get; private set; }

    public IReadOnlyList<ChunkFill> Runs => _runs;

    public bool IsEmpty => Whole is null && _runs.Count == 0;

    /// <summary>The fill that has, or will have, a block.</summary>
    public ChunkFill? Covering(int block) => Whole ?? _runs.Find(run => run.Extent.Covers(block * ChunkGeometry.BlockSize));

    public void Add(ChunkFill fill)
    {
        if (fill.Extent.IsWhole)
        {
            Whole = fill;
        }
        else
        {
            _runs.Add(fill);
        }
    }

    public bool Remove(ChunkFill fill)
    {
        if (Whole == fill)
        {
            Whole = null;
            return true;
        }

        return _runs.Remove(fill);
    }
}
