namespace EdgeCache.Edge.Filling;

/// <summary>
/// Start-time fair queueing over organizations (Goyal, Vin, Cheng: "Start-time Fair Queuing", SIGCOMM 1996): each has its own queue in order of arrival,
/// and the next to be served is the head with the smallest start tag, in bytes of service. So whoever comes new is served next, however long the
/// queues of others are, and those who always have work get equal bytes. Not safe for concurrent use: the scheduler's lock covers it.
/// </summary>
internal sealed class FairQueue
{
    /// <summary>Organizations without work are remembered, since their last fill may be ahead of the clock; beyond this many they are forgotten, which gains them that fill.</summary>
    private const int MaxIdle = 1024;

    private readonly Dictionary<string, Flow> _flows = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a ticket at the end of its organization's queue.</summary>
    public void Add(FillTicket ticket)
    {
        if (!_flows.TryGetValue(ticket.Share.Organization, out var flow))
        {
            Forget();
            _flows.Add(ticket.Share.Organization, flow = new Flow());
        }

        if (flow.Tickets.Count == 0)
        {
            flow.Start = Math.Max(flow.Start, _clock);
        }

        ticket.Place = flow.Tickets.AddLast(ticket);
        Count++;
    }

    /// <summary>The ticket that is to be served next among those of organizations that <paramref name="mayGo"/> lets pass; null when there is none.</summary>
    public FillTicket? Peek(Func<FillTicket, bool> mayGo)
    {
        Flow? best = null;
        foreach (var flow in _flows.Values)
        {
            if (flow.Tickets.First is { } head && (best is null || flow.Start < best.Start) && mayGo(head.Value))
            {
                best = flow;
            }
        }

        return best?.Tickets.First!.Value;
    }

    /// <summary>Takes the ticket that <see cref="Peek"/> gave, as served.</summary>
    public void Serve(FillTicket ticket)
    {
        var flow = _flows[ticket.Share.Organization];
        _clock = flow.Start;
        flow.Start += ticket.Bytes;
        Remove(ticket);
    }

    /// <summary>Takes a ticket out that is not served.</summary>
    public void Remove(FillTicket ticket)
    {
        ticket.Place!.List!.Remove(ticket.Place);
        ticket.Place = null;
        Count--;
    }

    private void Forget()
    {
        if (_flows.Count - Count < MaxIdle)
        {
            return;
        }

        foreach (var (organization, flow) in _flows)
        {
            if (flow.Tickets.Count == 0)
            {
                _flows.Remove(organization);
            }
        }
    }

    private sealed class Flow
    {
        public LinkedList<FillTicket> Tickets { get; } = [];

        /// <summary>The tag of the first in the queue: the service, in bytes, after which its turn comes.</summary>
        public long Start { get; set; }
    }
}
