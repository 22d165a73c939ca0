using EdgeCache.Origin.Authentication;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.Identity;

public sealed class SigningKeyCacheTests
{
    private static readonly SigV4Scope Scope = new("20260101", "ORD1", "s3");

    private readonly SigningKeyCache _cache = new(TimeProvider.System);

    [Fact]
    public void A_change_drops_the_key_that_it_names_and_no_other()
    {
        _cache.Add("A", Scope, Reply(asOf: 5));
        _cache.Add("B", Scope, Reply(asOf: 5));

        _cache.Apply([Change(6, "A")]);

        Assert.Null(_cache.Find("A", Scope));
        Assert.NotNull(_cache.Find("B", Scope));
    }

    [Fact]
    public void An_answer_that_a_revocation_overtook_is_not_kept()
    {
        _cache.Apply([Change(6, "A")]);

        var used = _cache.Add("A", Scope, Reply(asOf: 5));

        Assert.NotNull(used.Key);
        Assert.Null(_cache.Find("A", Scope));
    }

    [Fact]
    public void A_new_history_voids_all_entries_and_positions()
    {
        _cache.Apply([Change(100, "A")]);
        _cache.Add("B", Scope, Reply(asOf: 100));

        _cache.Clear(position: 3, newHistory: true);
        Assert.Null(_cache.Find("B", Scope));
        _cache.Add("B", Scope, Reply(asOf: 3));

        Assert.NotNull(_cache.Find("B", Scope));
    }

    [Fact]
    public void It_never_grows_beyond_its_bound()
    {
        for (var i = 0; i <= SigningKeyCache.MaxEntries; i++)
        {
            _cache.Add($"A{i}", Scope, Reply(asOf: 1));
        }

        Assert.Null(_cache.Find("A0", Scope));
        Assert.NotNull(_cache.Find($"A{SigningKeyCache.MaxEntries}", Scope));
    }

    private static SigningKeyReply Reply(long asOf) => new(
        true, new byte[32], new Principal("static/A", "org", AccessLevel.Full, [], PrincipalKind.User), null, null, asOf);

    private static ChangeRecord Change(long sequence, string accessKeyId) =>
        new(sequence, ChangeKind.AccessKeyChanged, string.Empty, accessKeyId, DateTimeOffset.UnixEpoch);
}
