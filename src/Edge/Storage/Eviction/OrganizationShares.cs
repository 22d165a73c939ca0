namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>
/// The floors and caps of organizations on one drive: each drive enforces them on its own, in proportion to its capacity, since chunks are spread
/// evenly. Safe for concurrent use once it is bound.
/// </summary>
internal sealed class OrganizationShares
{
    private readonly IReadOnlyList<CacheShare> _shares;
    private readonly long _capacity;
    private readonly long[] _floors = new long[OrganizationUsage.Numbers];
    private readonly long[] _caps = new long[OrganizationUsage.Numbers];
    private readonly long[] _admitted = new long[OrganizationUsage.Numbers];
    private readonly long[] _refused = new long[OrganizationUsage.Numbers];
    private readonly long[] _going = new long[OrganizationUsage.Numbers];
    private readonly Lock _floorGate = new();
    private OrganizationTable? _table;

    public OrganizationShares(IReadOnlyList<CacheShare> shares, long capacity)
    {
        (_shares, _capacity) = (shares, capacity);
        Array.Fill(_caps, long.MaxValue);
    }

    /// <summary>The disk space that each organization takes.</summary>
    public OrganizationUsage Usage { get; } = new();

    /// <summary>What the configured organizations have, and last all others together.</summary>
    public IReadOnlyList<OrganizationState> States
    {
        get
        {
            var states = new List<OrganizationState>(_shares.Count + 1);
            var others = Enumerable.Range(0, OrganizationUsage.Numbers).Sum(number => Usage.Of((ushort)number));
            foreach (var share in _shares)
            {
                var number = _table?.Reserve(share.Organization) ?? 0;
                var bytes = number == 0 ? 0 : Usage.Of(number);
                states.Add(new OrganizationState(
                    share.Organization, bytes, FloorOf(share), share.Cap >= 1 ? null : CapOf(share), Volatile.Read(ref _refused[number])));
                others -= bytes;
            }

            states.Add(new OrganizationState(string.Empty, others, 0, null, 0));
            return states;
        }
    }

    /// <summary>Gives the configured organizations their numbers on the drive.</summary>
    public void Bind(OrganizationTable table)
    {
        _table = table;
        foreach (var share in _shares)
        {
            var number = table.Reserve(share.Organization);
            if (number == 0)
                continue;

            _floors[number] = FloorOf(share);
            _caps[number] = share.Cap >= 1 ? long.MaxValue : CapOf(share);
        }
    }

    /// <summary>The number of an organization on this drive; 0 when it has none.</summary>
    public ushort NumberOf(string organization) => _table?.NumberOf(organization) ?? 0;

    /// <summary>The numbers of the configured organizations.</summary>
    public IEnumerable<ushort> Configured => _shares.Select(share => _table?.Reserve(share.Organization) ?? 0).Where(static number => number != 0);

    /// <summary>An organization's cap in bytes; <see cref="long.MaxValue"/>: none.</summary>
    public long CapOf(ushort organization) => _caps[organization];

    /// <summary>How much more than its cap an organization has, in bytes.</summary>
    public long ExcessOf(ushort organization) => Math.Max(0, Usage.Of(organization) - _caps[organization]);

    /// <summary>Whether an organization has its cap, so that its chunks are not to be written again.</summary>
    public bool IsCapped(ushort organization) => Usage.Of(organization) >= _caps[organization];

    /// <summary>Makes sure that what is about to be written keeps an organization within its cap; <see cref="Written"/> follows.</summary>
    public bool TryAdmit(ushort organization, long bytes)
    {
        var cap = _caps[organization];
        if (cap == long.MaxValue)
            return true;

        if (Interlocked.Add(ref _admitted[organization], bytes) + Usage.Of(organization) <= cap)
            return true;

        Interlocked.Add(ref _admitted[organization], -bytes);
        Interlocked.Increment(ref _refused[organization]);
        return false;
    }

    /// <summary>What was admitted is accounted by now, or was not written.</summary>
    public void Written(ushort organization, long bytes)
    {
        if (_caps[organization] != long.MaxValue)
            Interlocked.Add(ref _admitted[organization], -bytes);
    }

    /// <summary>Begins to judge the chunks of a segment that is about to go.</summary>
    public FloorPass BeginPass() => new(this);

    private long FloorOf(CacheShare share) => (long)(share.Floor * _capacity);

    private long CapOf(CacheShare share) => (long)(share.Cap * _capacity);

    private bool TryGive(ushort organization, long bytes, bool force)
    {
        lock (_floorGate)
        {
            if (!force && Usage.Of(organization) - _going[organization] - bytes < _floors[organization])
                return false;

            _going[organization] += bytes;
            return true;
        }
    }

    private void Gone(ushort organization, long bytes)
    {
        lock (_floorGate)
            _going[organization] -= bytes;
    }

    /// <summary>
    /// Keeps count of what goes with a segment until it is gone, so that several that go at once take no organization below its floor together. Used by
    /// one caller at a time; to be disposed once the segment is gone, or stays.
    /// </summary>
    public sealed class FloorPass(OrganizationShares shares) : IDisposable
    {
        private readonly Dictionary<ushort, long> _given = [];

        /// <summary>Gives up a record with the segment; false when its organization needs it for its floor.</summary>
        public bool TryGive(ushort organization, long bytes) => TryGive(organization, bytes, force: false);

        /// <summary>Gives up a record that is elsewhere too, or will be.</summary>
        public void GiveCopy(ushort organization, long bytes) => TryGive(organization, bytes, force: true);

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (var (organization, bytes) in _given)
                shares.Gone(organization, bytes);
            _given.Clear();
        }

        private bool TryGive(ushort organization, long bytes, bool force)
        {
            if (shares._floors[organization] == 0)
                return true;
            if (!shares.TryGive(organization, bytes, force))
                return false;

            _given[organization] = _given.GetValueOrDefault(organization) + bytes;
            return true;
        }
    }
}
