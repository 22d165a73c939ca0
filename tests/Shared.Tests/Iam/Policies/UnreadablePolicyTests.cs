using System.Text.Json;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Tests.Iam.Policies;

/// <summary>Policies that were accepted once, by a version with other rules.</summary>
public sealed class UnreadablePolicyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("""{"Version":"2099-01-01","Statement":[]}""")]
    public void A_bucket_policy_keeps_its_text_and_tells_why(string json)
    {
        var policy = BucketPolicy.Restore(json);
        Assert.NotNull(policy.Problem);
        Assert.Equal((json, false), (policy.Json, policy.IsPublic));

        var facts = new BucketFacts("bkt", "ORD1", "org-a", CannedAcl.PublicRead, BucketVersioning.Unversioned, DateTimeOffset.UnixEpoch, 1) { Policy = policy };
        var copy = JsonSerializer.Deserialize(JsonSerializer.Serialize(facts, InternalJson.Default.BucketFacts), InternalJson.Default.BucketFacts)!;
        Assert.Equal(json, copy.Policy!.Json);
        Assert.NotNull(copy.Policy.Problem);
    }

    [Theory]
    [InlineData("", "unreadable")]
    [InlineData("[]", "unreadable")]
    [InlineData("""{"version":"v2","name":"training","statements":[]}""", "training")]
    public void An_access_policy_denies_whatever_others_allow_and_is_named(string json, string name)
    {
        var policy = AccessPolicy.Restore(json);
        Assert.NotNull(policy.Problem);
        Assert.Equal((json, name), (policy.Json, policy.Name));

        var organization = new OrganizationFacts { Id = "org-a", Policies = [AccessPolicy.AllowEverything, policy] };
        var copy = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(organization, InternalJson.Default.OrganizationFacts), InternalJson.Default.OrganizationFacts)!;
        foreach (var facts in new[] { organization, copy })
        {
            var decision = AccessEvaluator.Evaluate(new AccessRequest
            {
                Principal = new Principal("static/k", "org-a", AccessLevel.Full, [], PrincipalKind.User),
                Action = "s3:ListAllMyBuckets",
                Organization = facts,
                BucketName = string.Empty,
                Key = string.Empty,
            });
            Assert.Equal((false, $"access-policy/{name}"), (decision.Allowed, decision.Policy));
            Assert.Contains(name, decision.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_can_be_read_is_restored_as_it_was()
    {
        Assert.Null(AccessPolicy.Restore(AccessPolicy.AllowEverything.Json).Problem);
        Assert.Null(BucketPolicy.Restore(
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/*"}]}""").Problem);
    }
}
