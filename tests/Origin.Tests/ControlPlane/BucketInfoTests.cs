using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class BucketInfoTests
{
    private const string Info = "/v1/cwobject/bucket-info";
    private const string Settings = "/v1/cwobject/bucket/settings";
    private const string OrganizationSettings = "/v1/cwobject/organization/settings";

    [Fact]
    public async Task Buckets_of_all_regions_are_told_with_what_they_hold()
    {
        await using var origin = await TestOrigin.StartAsync();
        await using var peer = await origin.StartPeerAsync("LAS1");
        var api = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(origin.Client, "here");
        await S3TestClient.NewBucketAsync(peer.Client, "there");
        await S3TestClient.NewBucketAsync(origin.Stranger, "strange");
        await peer.Client.PutAsync("/there/a", new string('x', 1024));
        await peer.Client.PutAsync("/there/b", new string('x', 512));

        var list = (await api.GetAsync(Info)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("info");

        Assert.Equal(["here", "there"], list.EnumerateArray().Select(static b => b.GetProperty("name").GetString()!));
        var there = list[1];
        Assert.Equal(["creationTime", "location", "name", "orgId", "settings", "usage"], there.EnumerateObject().Select(static p => p.Name).Order());
        Assert.Equal(("LAS1", "main"), (there.GetProperty("location").GetString(), there.GetProperty("orgId").GetString()));
        Assert.Equal("""{"auditLoggingEnabled":false,"strongReads":false}""", there.GetProperty("settings").GetRawText());
        Assert.Equal(
            """[{"measurementType":0,"value":"1536","valueHumanReadable":"1.5 KiB"},{"measurementType":1,"value":"2","valueHumanReadable":"2 objects"}]""",
            there.GetProperty("usage").GetRawText());
        Assert.Equal(there.GetRawText(), (await api.GetAsync(Info + "/there")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("info").GetRawText());
        (await api.GetAsync(Info + "/strange")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await api.GetAsync(Info + "/nowhere")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        var page = (await api.GetAsync(Info + "?pageSize=1")).Json;
        Assert.Equal("here", page.GetProperty("nextPageToken").GetString());
        Assert.Equal("there", (await api.GetAsync(Info + "?pageSize=1&pageToken=here")).Json.GetProperty("info")[0].GetProperty("name").GetString());

        await peer.StopAsync();
        list = (await api.GetAsync(Info)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("info");
        Assert.Equal((2, 0), (list[0].GetProperty("usage").GetArrayLength(), list[1].GetProperty("usage").GetArrayLength()));
    }

    [Fact]
    public async Task The_audit_settings_of_a_bucket_win_over_those_of_the_organization()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(origin.Client, "quiet");
        await S3TestClient.NewBucketAsync(origin.Client, "usual");

        var set = await api.PutAsync(Settings, """{"bucketName": "quiet", "settings": {"auditLoggingEnabled": false}}""");
        Assert.Equal("""{"settings":{"auditLoggingEnabled":false}}""", set.ShouldBe(HttpStatusCode.OK).Text);
        set = await api.PutAsync(OrganizationSettings, """{"settings": {"bucketAuditLoggingEnabled": true}}""");
        Assert.Equal("""{"settings":{"controlPlaneAuditLoggingEnabled":false,"bucketAuditLoggingEnabled":true}}""", set.ShouldBe(HttpStatusCode.OK).Text);
        set = await api.PutAsync(OrganizationSettings, """{"settings": {"controlPlaneAuditLoggingEnabled": true}}""");
        Assert.Equal("""{"settings":{"controlPlaneAuditLoggingEnabled":true,"bucketAuditLoggingEnabled":true}}""", set.ShouldBe(HttpStatusCode.OK).Text);

        var list = (await api.GetAsync(Info)).Json.GetProperty("info").EnumerateArray().Select(static b => b.GetProperty("settings").GetProperty("auditLoggingEnabled").GetBoolean());
        Assert.Equal([false, true], list);
    }

    [Fact]
    public async Task Strong_reads_are_kept_by_the_buckets_region_and_told_by_its_feed()
    {
        await using var origin = await TestOrigin.StartAsync();
        await using var peer = await origin.StartPeerAsync("LAS1");
        var api = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(origin.Client, "here");
        await S3TestClient.NewBucketAsync(peer.Client, "there");
        var before = (await FactsAsync(peer, "there")).AsOfSequence;

        var set = await api.PutAsync(Settings, """{"bucketName": "there", "settings": {"strongReads": true}}""");
        Assert.Equal("""{"settings":{"strongReads":true}}""", set.ShouldBe(HttpStatusCode.OK).Text);
        set = await api.PutAsync(Settings, """{"bucketName": "here", "settings": {"strongReads": true, "auditLoggingEnabled": true}}""");
        Assert.Equal("""{"settings":{"auditLoggingEnabled":true,"strongReads":true}}""", set.ShouldBe(HttpStatusCode.OK).Text);

        var facts = await FactsAsync(peer, "there");
        Assert.Equal((true, before + 1), (facts.StrongReads, facts.AsOfSequence));
        Assert.True((await FactsAsync(origin, "here")).StrongReads);
        Assert.Equal(
            [true, true],
            (await api.GetAsync(Info)).Json.GetProperty("info").EnumerateArray().Select(static b => b.GetProperty("settings").GetProperty("strongReads").GetBoolean()));
        Assert.True((await api.GetAsync(Info + "/there")).Json.GetProperty("info").GetProperty("settings").GetProperty("strongReads").GetBoolean());

        (await api.PutAsync(Settings, """{"bucketName": "there", "settings": {"strongReads": false}}""")).ShouldBe(HttpStatusCode.OK);
        Assert.False((await FactsAsync(peer, "there")).StrongReads);
        await peer.StopAsync();
        (await api.PutAsync(Settings, """{"bucketName": "there", "settings": {"strongReads": true}}""")).ShouldFail(HttpStatusCode.ServiceUnavailable, "unavailable");
        await origin.RestartAsync();
        Assert.True((await FactsAsync(origin, "here")).StrongReads);
    }

    private static async Task<BucketFacts> FactsAsync(TestOrigin origin, string bucket)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(origin.Server.AdminEndpoint, InternalApi.Bucket.Replace("{bucket}", bucket, StringComparison.Ordinal)));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestOrigin.ClusterSecret);
        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (await response.Content.ReadFromJsonAsync(InternalJson.Default.BucketFacts, TestContext.Current.CancellationToken))!;
    }

    [Fact]
    public async Task Settings_need_their_actions_and_a_bucket_of_the_organization()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);
        await S3TestClient.NewBucketAsync(origin.Client, "mine");
        await S3TestClient.NewBucketAsync(origin.Stranger, "strange");
        var (_, _, plain) = await api.NewTokenAsync("""{"name": "plain"}""");
        await api.DeleteAsync("/v1/cwobject/access-policy/allow-everything");
        await AccessPolicyTests.PutAsync(api, AccessPolicyTests.Policy(
            "audit",
            AccessPolicyTests.Statement("on", "Allow", "cwobject:EnableBucketAuditLogging"),
            AccessPolicyTests.Statement("control", "Allow", "cwobject:EnableControlPlaneAuditLogging")));

        (await plain.PutAsync(Settings, """{"bucketName": "mine", "settings": {"auditLoggingEnabled": true}}""")).ShouldBe(HttpStatusCode.OK);
        (await plain.PutAsync(Settings, """{"bucketName": "mine", "settings": {"auditLoggingEnabled": false}}""")).ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await plain.PutAsync(OrganizationSettings, """{"settings": {"controlPlaneAuditLoggingEnabled": true}}""")).ShouldBe(HttpStatusCode.OK);
        (await plain.PutAsync(OrganizationSettings, """{"settings": {"controlPlaneAuditLoggingEnabled": true, "bucketAuditLoggingEnabled": true}}"""))
            .ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await plain.PutAsync(Settings, """{"bucketName": "mine", "settings": {"auditLoggingEnabled": true, "strongReads": true}}"""))
            .ShouldFail(HttpStatusCode.Forbidden, "permission_denied");
        (await api.PutAsync(Settings, """{"bucketName": "strange", "settings": {"strongReads": true}}""")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await api.PutAsync(Settings, """{"bucketName": "strange", "settings": {"auditLoggingEnabled": true}}""")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await api.PutAsync(Settings, """{"bucketName": "mine", "settings": {}}""")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
        (await api.PutAsync(OrganizationSettings, "{}")).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
    }
}
