using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Authorization;

/// <summary>An origin that does not host the control plane: what it knows of organizations, and for how long.</summary>
public sealed class OrganizationsTests
{
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Source _source = new();
    private readonly Feed _feed = new();
    private readonly OrganizationCache _cache;
    private readonly Organizations _organizations;

    public OrganizationsTests()
    {
        _cache = new OrganizationCache(_time);
        _organizations = new Organizations(_source, _cache, _feed, new OriginOptions { ControlPlaneMaxSilence = MaxSilence }, _time);
    }

    [Fact]
    public async Task Facts_hold_while_the_feed_is_live_until_a_change_names_the_organization()
    {
        Assert.False((await _organizations.FindAsync("acme")).Facts!.IsSuspended);
        _source.Facts = _source.Facts with { IsSuspended = true, AsOfSequence = 7 };
        _cache.Apply([Change(6, "other")]);
        Assert.False((await _organizations.FindAsync("acme")).Facts!.IsSuspended);
        _cache.Apply([Change(7, "acme")]);
        Assert.True((await _organizations.FindAsync("acme")).Facts!.IsSuspended);
        Assert.Equal(2, _source.Questions);
    }

    [Fact]
    public async Task An_answer_that_a_change_overtook_is_not_kept()
    {
        _cache.Apply([Change(7, "acme")]);
        await _organizations.FindAsync("acme");
        await _organizations.FindAsync("acme");
        Assert.Equal(2, _source.Questions);
    }

    [Fact]
    public async Task Without_feed_and_answer_facts_hold_until_the_limit_and_then_nothing_is_known()
    {
        await _organizations.FindAsync("acme");
        _feed.IsLive = false;
        _source.IsAway = true;
        _time.Advance(MaxSilence);
        _feed.Silence = MaxSilence;
        Assert.NotNull((await _organizations.FindAsync("acme")).Facts);
        _feed.Silence = MaxSilence + TimeSpan.FromSeconds(1);
        Assert.False((await _organizations.FindAsync("acme")).IsKnown);
        _source.IsAway = false;
        Assert.True((await _organizations.FindAsync("acme")).IsKnown);
    }

    [Fact]
    public async Task What_was_never_known_is_not_known_without_the_control_plane()
    {
        _source.IsAway = true;
        Assert.False((await _organizations.FindAsync("acme")).IsKnown);
    }

    private static ChangeRecord Change(long sequence, string organization) =>
        new(sequence, ChangeKind.OrganizationChanged, string.Empty, organization, DateTimeOffset.UnixEpoch);

    private sealed class Source : IOrganizationSource
    {
        public OrganizationFacts Facts { get; set; } = new() { Id = "acme", AsOfSequence = 5 };

        public bool IsAway { get; set; }

        public int Questions { get; private set; }

        public ValueTask<OrganizationReply> FindAsync(string id, CancellationToken cancellationToken)
        {
            Questions++;
            return ValueTask.FromResult(IsAway ? default : new OrganizationReply(IsKnown: true, Facts));
        }
    }

    private sealed class Feed : IControlFeedStatus
    {
        public bool IsLive { get; set; } = true;

        public TimeSpan Silence { get; set; }
    }
}
