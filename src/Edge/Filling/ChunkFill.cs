using System.Diagnostics;
using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Buffers;

namespace EdgeCache.Edge.Filling;

/// <summary>How far a fill has come.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Failure">Why it failed, when it did.</param>
/// <param name="Available">How many of its first bytes have arrived.</param>
internal readonly record struct FillProgress(FillState State, FillFailure Failure, int Available);

/// <summary>
/// The one ongoing fetch of a chunk, or of a run of its blocks: bytes arrive in a buffer, and everyone who waits is woken as they do. It belongs to no caller: users join
/// while there is something to join and leave when they like; only if all leave while it is still queued is it abandoned.
/// The runner owns one reference to the buffer, from <see cref="Begin"/> to <see cref="Retire"/>. Readers copy under a reference of their own and
/// never keep it across a wait, so a slow client holds nothing.
/// </summary>
/// <param name="id">The chunk.</param>
/// <param name="extent">Which part of it. All offsets here count from its first byte.</param>
/// <param name="reader">A hash of who wanted it first.</param>
/// <param name="ticket">Its place in the queue, and then its part of the budget; whoever runs the fill disposes it, after the end.</param>
/// <param name="abandoned">Cancelled when all users leave before the fetch begins.</param>
/// <param name="headstart">A request for its bytes that was sent already; whoever runs the fill releases it.</param>
internal sealed class ChunkFill(ChunkId id, FillExtent extent, byte reader, FillTicket ticket, CancellationTokenSource abandoned, Headstart? headstart = null)
{
    private readonly Lock _lock = new();
    private FillState _state = FillState.Queued;
    private FillFailure _failure;
    private PooledBuffer? _buffer;
    private TaskCompletionSource? _progress;
    private TaskCompletionSource? _deserted;
    private TaskCompletionSource? _ended;
    private int _available;
    private int _users = 1;
    private int _keepers;
    private bool _wasKept;
    private bool _retired;
    private bool _isShared;
    private Peer? _peer;

    public ChunkId Id => id;

    public FillTicket Ticket => ticket;

    /// <summary>A request for its bytes that was sent before it began.</summary>
    public Headstart? Headstart => headstart;

    /// <summary>A hash of who wanted it first.</summary>
    public byte Reader => reader;

    /// <summary>Whether another edge may be asked for the bytes. What another edge asks for must not wait for such a fill, or two could wait for each other.</summary>
    public bool AsksPeers { get; init; }

    /// <summary>The peer that the bytes come from now; null when it is the region.</summary>
    public Peer? Peer
    {
        get => Volatile.Read(ref _peer);
        set => Volatile.Write(ref _peer, value);
    }

    /// <summary>Whether somebody else wanted it too.</summary>
    public bool IsShared => Volatile.Read(ref _isShared);

    /// <summary>Which part of the chunk it fetches.</summary>
    public FillExtent Extent => extent;

    /// <summary>How many bytes it fetches.</summary>
    public int Length => extent.Length;

    /// <summary>Cancelled when all users left before the fetch began.</summary>
    public CancellationToken Abandoned => abandoned.Token;

    /// <summary>How many bytes have arrived.</summary>
    public int Available => Volatile.Read(ref _available);

    /// <summary>The room for the bytes to come; for the runner only, between <see cref="Begin"/> and <see cref="Retire"/>.</summary>
    public Memory<byte> Remaining => _buffer!.Memory[_available..Length];

    /// <summary>All bytes; for the runner only, once complete.</summary>
    public ReadOnlyMemory<byte> Payload => _buffer!.Memory[..Length];

    /// <summary>Whether the fetch was given up.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_lock)
            {
                return _state is FillState.Failed or FillState.Abandoned;
            }
        }
    }

    /// <summary>Becomes a user; false when there is nothing to join any more.</summary>
    /// <param name="by">A hash of who joins.</param>
    public bool TryJoin(byte by)
    {
        lock (_lock)
        {
            if (_retired || _state is FillState.Failed or FillState.Abandoned)
            {
                return false;
            }

            _users++;
            _isShared |= by != reader;
            return true;
        }
    }

    /// <summary>Whether any of the users waits for bytes, rather than keeping them for a read to come.</summary>
    public bool IsRead
    {
        get
        {
            lock (_lock)
            {
                return _users > _keepers;
            }
        }
    }

    /// <summary>Whether it was fetched ahead of a read to come.</summary>
    public bool WasKept
    {
        get
        {
            lock (_lock)
            {
                return _wasKept;
            }
        }
    }

    /// <summary>One of the users only keeps the fill from being given up, from now on to its end.</summary>
    public void Keep()
    {
        lock (_lock)
        {
            _keepers++;
            _wasKept = true;
        }
    }

    /// <summary>The user that only keeps it leaves.</summary>
    public void LeaveAsKeeper()
    {
        lock (_lock)
        {
            _keepers--;
        }

        Leave();
    }

    /// <summary>Stops being a user.</summary>
    /// <returns>Whether this abandoned the fill.</returns>
    public bool Leave()
    {
        lock (_lock)
        {
            Debug.Assert(_users > 0, "Nobody leaves twice.");
            if (--_users > 0)
            {
                return false;
            }

            _deserted?.TrySetResult();
            if (_state != FillState.Queued)
            {
                return false;
            }

            _state = FillState.Abandoned;
        }

        abandoned.Cancel();
        return true;
    }

    /// <summary>Waits until more than <paramref name="offset"/> bytes have arrived or the fill has ended.</summary>
    public ValueTask<FillProgress> WaitBeyondAsync(int offset, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _available > offset || IsOver ? ValueTask.FromResult(Progress) : Wait(_progress ??= NewSignal());
        }

        async ValueTask<FillProgress> Wait(TaskCompletionSource signal)
        {
            while (true)
            {
                await signal.Task.WaitAsync(cancellationToken);
                lock (_lock)
                {
                    if (_available > offset || IsOver)
                    {
                        return Progress;
                    }

                    signal = _progress ??= NewSignal();
                }
            }
        }
    }

    /// <summary>Copies bytes that have arrived.</summary>
    /// <returns>How many; -1 when the buffer is gone, and the store or a new fill must serve.</returns>
    public int TryCopy(int offset, Span<byte> destination)
    {
        PooledBuffer? buffer;
        lock (_lock)
        {
            buffer = _buffer;
            if (buffer is null || _retired || !buffer.TryAddReference())
            {
                return -1;
            }
        }

        var count = Math.Min(_available - offset, destination.Length);
        buffer.Span.Slice(offset, count).CopyTo(destination);
        buffer.Release();
        return count;
    }

    /// <summary>The fetch begins, into <paramref name="buffer"/>, whose reference passes to the fill; false when all users have left.</summary>
    public bool Begin(PooledBuffer buffer)
    {
        lock (_lock)
        {
            if (_state != FillState.Queued)
            {
                return false;
            }

            _buffer = buffer;
            _state = FillState.Filling;
            return true;
        }
    }

    /// <summary>Bytes were written to the front of <see cref="Remaining"/>.</summary>
    public void Advance(int count)
    {
        lock (_lock)
        {
            Debug.Assert(_available + count <= Length, "A fill can't hold more than the chunk.");
            Volatile.Write(ref _available, _available + count);
            Move(_available == Length ? FillState.Complete : FillState.Filling);
        }
    }

    /// <summary>The attempt ended early; another follows.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            _state = FillState.Stalled;
        }
    }

    public void Fail(FillFailure failure)
    {
        lock (_lock)
        {
            if (_state is not (FillState.Failed or FillState.Abandoned))
            {
                _failure = failure;
                Move(FillState.Failed);
            }
        }
    }

    /// <summary>
    /// Gives a fill up whose turn has not come, because another one fetches its bytes too: its users look for that one. False when its turn has come.
    /// </summary>
    public bool TrySupersede()
    {
        lock (_lock)
        {
            if (_state != FillState.Queued || ticket.Granted.IsCompleted)
            {
                return false;
            }

            _failure = FillFailure.Superseded;
            Move(FillState.Failed);
        }

        abandoned.Cancel();
        return true;
    }

    /// <summary>Completes when no user is left.</summary>
    public Task DesertedAsync()
    {
        lock (_lock)
        {
            _deserted ??= NewSignal();
            if (_users == 0)
            {
                _deserted.TrySetResult();
            }

            return _deserted.Task;
        }
    }

    /// <summary>Completes at the end: the bytes are in the store, or will not be.</summary>
    public Task EndedAsync()
    {
        lock (_lock)
        {
            _ended ??= NewSignal();
            if (_retired)
            {
                _ended.TrySetResult();
            }

            return _ended.Task;
        }
    }

    /// <summary>The end: gives the runner's reference to the buffer up. Nobody can join any more.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _retired = true;
            _buffer?.Release();
            _buffer = null;
            _progress?.TrySetResult();
            _ended?.TrySetResult();
        }
    }

    private bool IsOver => _state is FillState.Complete or FillState.Failed or FillState.Abandoned || _retired;

    private FillProgress Progress => new(_state, _failure, _available);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Changes the state and wakes everyone who waits. Under the lock.</summary>
    private void Move(FillState state)
    {
        _state = state;
        var signal = _progress;
        _progress = null;
        signal?.TrySetResult();
    }
}
