using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Identity;

public sealed class SigningKeyFloodTests
{
    private const int PerSecond = 5;

    private static readonly SigV4Scope Scope = new("20260301", "ORD1", "s3");

    [Fact]
    public async Task Made_up_keys_cost_a_fixed_rate_of_questions_and_good_keys_nothing()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var source = new Source();
        var provider = new SigningKeyProvider(
            source, new SigningKeyCache(time), new LocalControlFeedStatus(), new OriginOptions { UnseenKeysPerSecond = PerSecond }, time);
        Assert.NotNull((await provider.FindAsync("GOOD", Scope))!.Key);

        await FloodAsync(0, 100);
        Assert.InRange(source.Questions - 1, 1, PerSecond * QuestionBudget.BurstSeconds);
        var before = source.Questions;
        time.Advance(TimeSpan.FromSeconds(1));
        await FloodAsync(100, 200);
        Assert.Equal(PerSecond, source.Questions - before);

        Assert.NotNull((await provider.FindAsync("GOOD", Scope))!.Key);
        Assert.NotNull((await provider.FindAsync("GOOD", Scope with { Region = "another" }))!.Key);

        async Task FloodAsync(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                Assert.Null((await provider.FindAsync($"MADEUP{i}", Scope))?.Key);
            }
        }
    }

    private sealed class Source : ISigningKeySource
    {
        public ValueTask<(bool? IsKnown, Principal? Principal)> VerifyPolicyAsync(string accessKeyId, string policy, string signature, string? sessionToken) =>
            throw new NotSupportedException();

        public int Questions { get; private set; }

        public ValueTask<SigningKeyReply?> DeriveAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken)
        {
            Questions++;
            return ValueTask.FromResult<SigningKeyReply?>(accessKeyId == "GOOD"
                ? new SigningKeyReply(true, new byte[32], new Principal("static/GOOD", "org", AccessLevel.Full, [], PrincipalKind.User), null, null, 1)
                : new SigningKeyReply(false, null, null, null, null, 1));
        }
    }
}
