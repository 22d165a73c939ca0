using System.Net;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.S3;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Authorization;

/// <summary>That hits are decided with everything that bears on them, from what is cached and without asking anyone.</summary>
public sealed class PolicyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_policy_opens_and_closes_hits_as_the_feed_tells()
    {
        await using var cluster = await StartAsync();
        await AssertAnonymousAsync(cluster, "a", HttpStatusCode.Forbidden);
        await PolicyAsync(cluster, """{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::models/*"}""");
        await AssertAnonymousAsync(cluster, "a", HttpStatusCode.OK);
        await AssertAnonymousAsync(cluster, "absent", HttpStatusCode.Forbidden);
        await WithoutQuestionsAsync(cluster, () => AssertAnonymousAsync(cluster, "a", HttpStatusCode.OK));

        await AppliedAsync(cluster, cluster.Ord.ChangeBucket(EdgeCluster.Bucket, static b => b with { Policy = null }));
        await AssertAnonymousAsync(cluster, "a", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_deny_of_the_bucket_policy_refuses_the_owners_hit()
    {
        await using var cluster = await StartAsync();
        await cluster.ReadAsync("a");
        await PolicyAsync(cluster, """{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::models/a"}""");
        using var refused = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_bucket_policy_that_can_not_be_read_refuses_every_read_and_keeps_nobody_from_the_policy_itself()
    {
        await using var cluster = await StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "public", ByteStreams.Content(4, 1000), static f => f with { Acl = CannedAcl.PublicRead });
        await cluster.CaughtUpAsync();
        await AssertAnonymousAsync(cluster, "public", HttpStatusCode.OK);
        await AppliedAsync(cluster, cluster.Ord.ChangeBucket(EdgeCluster.Bucket, static b => b with { Policy = BucketPolicy.Restore("nonsense") }));
        await AssertAnonymousAsync(cluster, "public", HttpStatusCode.Forbidden);
        using var refused = await cluster.GetAsync("a");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("can't be read", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        using var mending = await cluster.SendAsync(cluster.Request(HttpMethod.Delete, $"/{EdgeCluster.Bucket}?policy"));
        Assert.Equal(HttpStatusCode.OK, mending.StatusCode);
        Assert.Equal($"/{EdgeCluster.Bucket}?policy", Assert.Single(cluster.Ord.Passed).RawTarget);
        await AppliedAsync(cluster, cluster.Ord.ChangeBucket(EdgeCluster.Bucket, static b => b with { Policy = null }));
        await AssertAnonymousAsync(cluster, "public", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Conditions_on_tags_address_and_scheme_are_decided_here()
    {
        await using var cluster = await StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "tagged", ByteStreams.Content(2, 1000), static f => f with { TagCount = 1, Tags = ObjectTags.None.Add("open", "yes") });
        await PolicyAsync(cluster, """
            {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::models/*",
             "Condition":{"StringEquals":{"s3:ExistingObjectTag/open":"yes"},"IpAddress":{"aws:SourceIp":"127.0.0.0/8"},"Bool":{"aws:SecureTransport":"false"}}}
            """);
        await AssertAnonymousAsync(cluster, "tagged", HttpStatusCode.OK);
        await AssertAnonymousAsync(cluster, "a", HttpStatusCode.Forbidden);
        await PolicyAsync(cluster, """
            {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::models/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}
            """);
        await AssertAnonymousAsync(cluster, "tagged", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Grants_of_an_object_let_another_organization_hit()
    {
        await using var cluster = await StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "shared", ByteStreams.Content(3, 1000), static f => f with { Grants = [new(AclGrantee.Organization("other"), AclPermission.Read)] });
        await cluster.CaughtUpAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadAsOtherAsync("shared"));
        Assert.Equal(HttpStatusCode.OK, await ReadAsOtherAsync("shared"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsOtherAsync("a"));
        cluster.Ord.Put(EdgeCluster.Bucket, "shared", ByteStreams.Content(3, 1000));
        await cluster.CaughtUpAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsOtherAsync("shared"));

        async Task<HttpStatusCode> ReadAsOtherAsync(string key)
        {
            var request = cluster.Unsigned(HttpMethod.Get, $"/models/{key}");
            cluster.OtherSigner.Sign(request);
            using var response = await cluster.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_presigned_link_obeys_the_policies_of_its_signer()
    {
        await using var cluster = await StartAsync();
        var link = cluster.Signer.Presign(HttpMethod.Get, new Uri(cluster.Edge.S3Endpoint, "/models/a"), TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, await FollowAsync());
        var sequence = cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { Policies = [] });
        await cluster.Edge.Parts.Streams[0].WaitForAsync(sequence, TimeSpan.FromHours(1), Token);
        Assert.Equal(HttpStatusCode.Forbidden, await FollowAsync());

        async Task<HttpStatusCode> FollowAsync()
        {
            using var response = await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Get, link));
            return response.StatusCode;
        }
    }

    private static async Task<EdgeCluster> StartAsync()
    {
        var cluster = await EdgeCluster.StartAsync();
        cluster.Ord.Put(EdgeCluster.Bucket, "a", ByteStreams.Content(1, 1000));
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static async Task PolicyAsync(EdgeCluster cluster, string statement)
    {
        var problem = BucketPolicy.TryParse($$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""", EdgeCluster.Bucket, out var policy);
        Assert.Null(problem);
        await AppliedAsync(cluster, cluster.Ord.ChangeBucket(EdgeCluster.Bucket, b => b with { Policy = policy }));
    }

    private static Task<bool> AppliedAsync(EdgeCluster cluster, long sequence) =>
        cluster.Stream(cluster.Ord).WaitForAsync(sequence, TimeSpan.FromHours(1), Token);

    private static async Task AssertAnonymousAsync(EdgeCluster cluster, string key, HttpStatusCode expected)
    {
        using var response = await cluster.SendAsync(cluster.Unsigned(HttpMethod.Get, $"/models/{key}"));
        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task WithoutQuestionsAsync(EdgeCluster cluster, Func<Task> read)
    {
        var before = (cluster.Ord.BucketQuestions, cluster.Ord.ResolveQuestions, cluster.Control.KeyQuestions, cluster.Control.OrganizationQuestions);
        await read();
        Assert.Equal(before, (cluster.Ord.BucketQuestions, cluster.Ord.ResolveQuestions, cluster.Control.KeyQuestions, cluster.Control.OrganizationQuestions));
    }
}
