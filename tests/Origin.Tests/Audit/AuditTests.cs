using System.Net;
using EdgeCache.Shared.SigV4;
using static EdgeCache.Origin.Tests.Audit.AuditLogs;

namespace EdgeCache.Origin.Tests.Audit;

public sealed class AuditTests
{
    private const string AuditBucketName = AuditLogs.Bucket;

    [Fact]
    public async Task Requests_are_recorded_as_the_settings_say_and_read_back_from_the_audit_bucket()
    {
        await using var origin = await AuditLogs.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client, "quiet-bucket");
        await origin.SetBucketAuditAsync("quiet-bucket", false);
        await S3TestClient.NewBucketAsync(client, "loud-bucket");
        await origin.SetOrganizationAuditAsync(buckets: true);

        var put = await client.PutAsync("/loud-bucket/a%20b", "12345", ("x-amz-acl", "public-read"));
        await client.PutAsync("/quiet-bucket/k", "x");
        var get = await client.GetAsync("/loud-bucket/a%20b");
        var head = await origin.Anonymous.HeadAsync("/loud-bucket/a%20b");
        var denied = await origin.Stranger.DeleteAsync("/loud-bucket/a%20b");
        var unsigned = new S3TestClient(origin.Server.S3Endpoint, origin.Http, new SigV4Signer("AKMAIN", "wrong-secret-key", "ORD1", TimeProvider.System));
        var forged = await unsigned.GetAsync("/loud-bucket/a%20b");
        var list = await client.GetAsync("/loud-bucket?prefix=a&max-keys=7");
        var missing = await client.GetAsync("/loud-bucket/none");
        var empty = await client.DeleteAsync("/loud-bucket/a%20b");

        var records = await origin.ReadAuditAsync(8);
        var byId = records.ToDictionary(static r => Text(r, "requestId")!);
        Assert.Equal(
            [Id(put), Id(get), Id(head), Id(denied), Id(forged), Id(list), Id(missing), Id(empty)],
            records.OrderBy(static r => r.GetProperty("timestamp").GetDateTimeOffset()).Select(static r => Text(r, "requestId")));
        Assert.Equal(
            ("s3:PutObject", "static/AKMAIN", "AKMAIN", "Allow", 200, 5L),
            (Text(byId[Id(put)], "action"), Text(byId[Id(put)], "principal"), Text(byId[Id(put)], "accessKeyId"), Text(byId[Id(put)], "decision"),
                Status(byId[Id(put)]), byId[Id(put)].GetProperty("bytesReceived").GetInt64()));
        Assert.Equal(("a b", "127.0.0.1", 5L), (Text(byId[Id(get)], "key"), Text(byId[Id(get)], "sourceIp"), byId[Id(get)].GetProperty("bytesSent").GetInt64()));
        Assert.Equal(("anonymous", null, "HeadObject"), (Text(byId[Id(head)], "principal"), Text(byId[Id(head)], "aws:arn"), Text(byId[Id(head)], "operation")));
        Assert.Equal(("static/AKOTHER", "Deny", 403, "AccessDenied"),
            (Text(byId[Id(denied)], "principal"), Text(byId[Id(denied)], "decision"), Status(byId[Id(denied)]), Text(byId[Id(denied)], "errorCode")));
        Assert.Equal((null, "SignatureDoesNotMatch"), (Text(byId[Id(forged)], "principal"), Text(byId[Id(forged)], "errorCode")));
        Assert.Equal(("a", "7"), (Text(byId[Id(list)].GetProperty("parameters"), "prefix"), Text(byId[Id(list)].GetProperty("parameters"), "max-keys")));
        Assert.Equal("NoSuchKey", Text(byId[Id(missing)], "errorCode"));
    }

    [Fact]
    public async Task Nobody_writes_to_an_audit_bucket_and_only_full_keys_delete_from_it()
    {
        await using var origin = await AuditLogs.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await origin.SetOrganizationAuditAsync(buckets: true);
        await client.PutAsync("/bucket-1/k", "x");
        var key = Assert.Single(await origin.ListAuditAsync(1));

        (await client.PutAsync($"/{AuditBucketName}/k", "x")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PostAsync($"/{AuditBucketName}/k?uploads", "")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync($"/{AuditBucketName}/k", "", ("x-amz-copy-source", "/bucket-1/k"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.SendAsync(HttpMethod.Put, "/cwobject-audit-other")).ShouldFail(HttpStatusCode.BadRequest, "InvalidBucketName");
        (await origin.Stranger.GetAsync($"/{AuditBucketName}/{key}")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        var writer = await origin.NewKeyAsync("readwrite");
        (await writer.DeleteAsync($"/{AuditBucketName}/{key}")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.DeleteAsync($"/{AuditBucketName}/{key}")).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_request_whose_record_can_not_be_kept_is_refused()
    {
        await using var origin = await AuditLogs.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "12345");
        await origin.SetOrganizationAuditAsync(buckets: true);
        var spool = Path.Combine(origin.DataDirectory, "audit", "data-plane");
        Directory.Delete(spool, recursive: true);

        (await client.GetAsync("/bucket-1?list-type=2")).ShouldFail(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
        (await client.GetAsync("/bucket-1?list-type=2")).ShouldFail(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
        (await client.PutAsync("/bucket-1/other", "x")).ShouldFail(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
        await origin.SetOrganizationAuditAsync(buckets: false);
        (await client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_waits_when_the_origin_stops_is_delivered_before_it_ends()
    {
        await using var origin = await AuditLogs.StartAsync(("Origin:Audit:MaxBatchAge", "01:00:00"));
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await origin.SetOrganizationAuditAsync(buckets: true);
        var put = await client.PutAsync("/bucket-1/k", "12345");
        await origin.StopAsync();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(origin.DataDirectory, "audit", "data-plane")));
        await origin.RestartAsync();
        Assert.Equal([Id(put)], (await origin.ReadAuditAsync(1)).Select(static r => Text(r, "requestId")));
    }
}
