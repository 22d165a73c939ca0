namespace EdgeCache.Edge.Filling;

/// <summary>
/// Decides which fill goes next. What it hands out are bytes of memory, of which no more than the budget are ever out, and slots for fetches.
/// Between organizations it is fair (<see cref="FairQueue"/>); between priorities it is strict: while a foreground fill waits that may go, no
/// read-ahead begins, and while either waits, no warm-up.
/// <para>
/// Since what runs is not interrupted, room is kept: one organization holds at most 7/8 of bytes and slots, so that another's first fill finds
/// some at once; read-ahead begins only while less than 6/8 is in use, and warm-up only while less than 4/8 is. So warm-up advances whenever the
/// node has half of its budget to spare, and not otherwise.
/// </para>
/// </summary>
/// <param name="maxBytes">The memory of all fills together, in bytes; at least <see cref="FillBuffers.MinimumBudget"/>.</param>
/// <param name="maxActive">The most fetches at a time.</param>
/// <param name="maxQueued">
/// The most fills that wait. An organization may have as many waiting as there are places left, so the first takes half of them, and there is always
/// room for another.
/// </param>
internal sealed class FillScheduler(long maxBytes, int maxActive, int maxQueued)
{
    private const int Eighths = 8;
    private const int OrganizationEighths = 7;

    private static readonly int[] PriorityEighths = [8, 6, 4];

    private readonly Lock _lock = new();
    private readonly FairQueue[] _queues = [new(), new(), new()];
    private readonly Dictionary<string, FillShare> _shares = new(StringComparer.Ordinal);
    private long _bytes;
    private int _active;
    private int _queued;

    /// <summary>The bytes that are out.</summary>
    public long BytesInFlight => Interlocked.Read(ref _bytes);

    /// <summary>The fetches under way.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Whether nobody waits, and half of the bytes and of the slots are free.</summary>
    public bool IsHalfFree
    {
        get
        {
            lock (_lock)
            {
                return _queued == 0 && Fits(_bytes + FillBuffers.LargestSize, _active, Eighths / 2);
            }
        }
    }

    /// <summary>How many wait with a priority.</summary>
    public int Queued(FillPriority priority)
    {
        lock (_lock)
        {
            return _queues[(int)priority].Count;
        }
    }

    /// <summary>Takes a place in the queue; null when too many wait already.</summary>
    /// <param name="organization">Whose fill it is.</param>
    /// <param name="priority">How urgent it is.</param>
    /// <param name="bytes">The memory that it needs, up to <see cref="FillBuffers.LargestSize"/>.</param>
    public FillTicket? TryEnter(string organization, FillPriority priority, int bytes)
    {
        lock (_lock)
        {
            if (!_shares.TryGetValue(organization, out var share))
            {
                _shares.Add(organization, share = new FillShare(organization));
            }

            if (share.Queued >= maxQueued - _queued)
            {
                DropIfIdle(share);
                return null;
            }

            var ticket = new FillTicket(this, share, priority, bytes);
            Enqueue(ticket);
            Pump();
            return ticket;
        }
    }

    /// <summary>Makes a waiting fill more urgent.</summary>
    public void Raise(FillTicket ticket, FillPriority to)
    {
        lock (_lock)
        {
            if (ticket.Place is null || ticket.Priority <= to)
            {
                return;
            }

            Dequeue(ticket);
            ticket.Priority = to;
            Enqueue(ticket);
            Pump();
        }
    }

    /// <summary>Takes the slot of a fetch back.</summary>
    public void EndFetch(FillTicket ticket)
    {
        lock (_lock)
        {
            ReleaseSlot(ticket);
            Pump();
        }
    }

    /// <summary>Takes back whatever the ticket holds.</summary>
    public void End(FillTicket ticket)
    {
        lock (_lock)
        {
            if (ticket.Place is not null)
            {
                Dequeue(ticket);
            }

            ReleaseSlot(ticket);
            if (ticket.HoldsBytes)
            {
                ticket.HoldsBytes = false;
                _bytes -= ticket.Bytes;
                ticket.Share.Bytes -= ticket.Bytes;
            }

            DropIfIdle(ticket.Share);
            Pump();
        }
    }

    private void Pump()
    {
        while (Next() is { } ticket)
        {
            _queues[(int)ticket.Priority].Serve(ticket);
            Left(ticket);
            ticket.HoldsBytes = ticket.HoldsSlot = true;
            _bytes += ticket.Bytes;
            ticket.Share.Bytes += ticket.Bytes;
            _active++;
            ticket.Share.Active++;
            ticket.Grant();
        }
    }

    // What does not fit holds up all that is less urgent, or small fills would keep a large one waiting for ever.
    private FillTicket? Next()
    {
        for (var priority = 0; priority < _queues.Length; priority++)
        {
            if (_queues[priority].Count > 0 && _queues[priority].Peek(IsWithinItsShare) is { } head)
            {
                return Fits(_bytes + head.Bytes, _active, PriorityEighths[priority]) ? head : null;
            }
        }

        return null;
    }

    private bool IsWithinItsShare(FillTicket ticket) => Fits(ticket.Share.Bytes + ticket.Bytes, ticket.Share.Active, OrganizationEighths);

    private bool Fits(long bytes, int active, int eighths) =>
        bytes <= maxBytes / Eighths * eighths && active < Math.Max(1, maxActive * eighths / Eighths);

    private void Enqueue(FillTicket ticket)
    {
        _queues[(int)ticket.Priority].Add(ticket);
        _queued++;
        ticket.Share.Queued++;
    }

    private void Dequeue(FillTicket ticket)
    {
        _queues[(int)ticket.Priority].Remove(ticket);
        Left(ticket);
    }

    private void Left(FillTicket ticket)
    {
        _queued--;
        ticket.Share.Queued--;
    }

    private void ReleaseSlot(FillTicket ticket)
    {
        if (ticket.HoldsSlot)
        {
            ticket.HoldsSlot = false;
            _active--;
            ticket.Share.Active--;
        }
    }

    private void DropIfIdle(FillShare share)
    {
        if (share.IsIdle && _shares.GetValueOrDefault(share.Organization) == share)
        {
            _shares.Remove(share.Organization);
        }
    }
}
