using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Filling;

/// <summary>
/// The first bytes that a read will want, asked for before it is known of which version they are: see <see cref="Headstarts"/>. It belongs to the read, which
/// disposes it, until a fill adopts it, which then takes its answer or releases it.
/// </summary>
internal sealed class Headstart(Headstarts owner, Region region, string bucket, string key, string? range) : IDisposable
{
    private const int Open = 0;
    private const int Adopted = 1;
    private const int Over = 2;

    /// <summary>Larger than any object: what a range means is found out before the size is known.</summary>
    private const long AnySize = 1L << 50;

    private CancellationTokenSource? _limit;
    private Task<RangeReply>? _reply;
    private FillExtent _extent;
    private int _state;

    public (Region Region, string Bucket, string Key) Name => (region, bucket, key);

    /// <summary>The number of the chunk that is asked for, or some blocks of it.</summary>
    public int Index { get; private set; }

    /// <summary>Whether the range is small: see <see cref="ReadScope.IsSmall"/>.</summary>
    public bool IsSmall { get; private set; }

    /// <summary>Asks, if there is room.</summary>
    public void Begin()
    {
        // How a range that ends with the object will be read depends on the object's size, unless it is all of the object.
        RangeHeader.Resolve(range, AnySize, out var wanted);
        var isToTheEnd = wanted.Offset + wanted.Length == AnySize;
        if (wanted.Length == 0 || (isToTheEnd && wanted.Offset > 0) || !owner.HasRoomFor(this))
        {
            return;
        }

        Index = ChunkGeometry.IndexOf(wanted.Offset);
        var scope = new ReadScope(AnySize, wanted, default);
        IsSmall = scope.IsSmall;
        _extent = scope.IsSparse(Index)
            ? FillExtent.Run(Index, AnySize, scope.FirstBlock(Index), scope.LastBlock(Index))
            : FillExtent.Whole(Index, AnySize);
        _limit = owner.NewLimit();
        _reply = AskAsync(_limit.Token);
        if (!owner.TryAdd(this))
        {
            Dispose();
        }
    }

    /// <summary>What is asked for of an object whose size is known now; null when that is nothing.</summary>
    public FillExtent? ExtentIn(long objectSize)
    {
        var blocks = ChunkGeometry.BlocksOf(ChunkGeometry.LengthOf(Index, objectSize));
        return _extent.FirstBlock >= blocks ? null
            : _extent.IsWhole ? FillExtent.Whole(Index, objectSize)
            : FillExtent.Run(Index, objectSize, _extent.FirstBlock, Math.Min(_extent.LastBlock, blocks - 1));
    }

    /// <summary>Passes the request to a fill; false when it was given up.</summary>
    public bool TryAdopt()
    {
        owner.Remove(this);
        return Interlocked.CompareExchange(ref _state, Adopted, Open) == Open;
    }

    /// <summary>The answer, once, for the fill that adopted it, if it is of this version.</summary>
    public async ValueTask<RangeReply?> TakeAsync(Generation generation, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Over, Adopted) != Adopted)
        {
            return null;
        }

        try
        {
            var reply = await _reply!.WaitAsync(cancellationToken);
            _limit!.Dispose();
            if (reply.Outcome == Upstream.RangeOutcome.Open && reply.Generation == generation)
            {
                owner.WasTaken();
                return reply;
            }

            reply.Dispose();
            return null;
        }
        catch (OperationCanceledException)
        {
            await CloseAsync();
            throw;
        }
    }

    /// <summary>The fill that adopted it gives it up, unless it took the answer.</summary>
    public void Release() => End(Adopted);

    /// <summary>The read gives it up, unless a fill adopted it.</summary>
    public void Dispose()
    {
        if (_reply is not null)
        {
            owner.Remove(this);
            End(Open);
        }
    }

    private void End(int from)
    {
        if (Interlocked.CompareExchange(ref _state, Over, from) == from)
        {
            _ = CloseAsync();
        }
    }

    private async Task<RangeReply> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await region.Ranges.OpenCurrentAsync(
                bucket, key, ChunkGeometry.OffsetOf(Index) + _extent.Start, _extent.Length, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return RangeReply.Unreachable;
        }
    }

    private async Task CloseAsync()
    {
        await _limit!.CancelAsync();
        (await _reply!).Dispose();
        _limit.Dispose();
    }
}
