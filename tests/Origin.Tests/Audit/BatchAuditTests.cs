using System.Net;
using System.Security.Cryptography;
using System.Text;
using static EdgeCache.Origin.Tests.Audit.AuditLogs;

namespace EdgeCache.Origin.Tests.Audit;

/// <summary>DeleteObjects names its objects in the body: each has a record of its own.</summary>
public sealed class BatchAuditTests
{
    [Fact]
    public async Task Every_object_of_a_deletion_is_recorded_with_what_became_of_it()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/a", "1");
        await client.PutAsync("/bucket-1/kept", "1");
        await client.PutAsync("/bucket-1?policy", """
            {"Version":"2012-10-17","Statement":[{"Sid":"keep","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bucket-1/kept"}]}
            """);
        await origin.SetOrganizationAuditAsync(buckets: true);
        var answer = await DeleteAsync(
            client, "<Object><Key>a</Key></Object><Object><Key>kept</Key></Object><Object><Key>a</Key><ETag>\"0\"</ETag></Object>" +
                    "<Object><Key>none</Key><VersionId>null</VersionId></Object>");
        answer.ShouldBe(HttpStatusCode.OK);

        var records = await origin.ReadAuditAsync(5);
        Assert.All(records, r => Assert.Equal((Id(answer), "DeleteObjects", "static/AKMAIN"), (Text(r, "requestId"), Text(r, "operation"), Text(r, "principal"))));
        Assert.Equal(200, Status(Assert.Single(records, static r => Text(r, "key") is null)));
        var kept = Assert.Single(records, static r => Text(r, "key") == "kept");
        Assert.Equal((403, "AccessDenied", "Deny", "bucket-policy", "keep"),
            (Status(kept), Text(kept, "errorCode"), Text(kept, "decision"), Text(kept, "policy"), Text(kept, "statement")));
        var none = Assert.Single(records, static r => Text(r, "key") == "none");
        Assert.Equal(("null", "s3:DeleteObjectVersion", 204, "Allow"), (Text(none, "versionId"), Text(none, "action"), Status(none), Text(none, "decision")));
        var ofA = records.Where(static r => Text(r, "key") == "a").Select(static r => (Status(r), Text(r, "errorCode"), Text(r, "decision"))).ToList();
        Assert.Equal(2, ofA.Count);
        Assert.Contains((204, null, "Allow"), ofA);
    }

    [Fact]
    public async Task Versions_and_delete_markers_are_named()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        var version = (await client.PutAsync("/bucket-1/v", "1"))["x-amz-version-id"]!;
        await client.PutAsync("/bucket-1/m", "1");
        await origin.SetOrganizationAuditAsync(buckets: true);
        var answer = await DeleteAsync(client, $"<Object><Key>v</Key><VersionId>{version}</VersionId></Object><Object><Key>m</Key></Object>");
        var marker = answer.Value("DeleteMarkerVersionId");
        Assert.NotNull(marker);

        var records = await origin.ReadAuditAsync(3);
        var removed = Assert.Single(records, static r => Text(r, "key") == "v");
        Assert.Equal((version, "s3:DeleteObjectVersion"), (Text(removed, "versionId"), Text(removed, "action")));
        Assert.False(removed.TryGetProperty("parameters", out _));
        var marked = Assert.Single(records, static r => Text(r, "key") == "m");
        Assert.Equal(
            ("s3:DeleteObject", "true", marker),
            (Text(marked, "action"), Text(marked.GetProperty("parameters"), "deleteMarker"), Text(marked.GetProperty("parameters"), "deleteMarkerVersionId")));
    }

    [Fact]
    public async Task A_deletion_of_a_thousand_has_a_thousand_records_in_one_batch_and_one_more_is_refused_with_one()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await origin.SetOrganizationAuditAsync(buckets: true);
        var prefix = new string('k', 1000);
        var many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"<Object><Key>{prefix}{i}</Key></Object>"));
        var refused = await DeleteAsync(client, many + "<Object><Key>one-more</Key></Object>");
        refused.ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");
        var answer = await DeleteAsync(client, many);
        answer.ShouldBe(HttpStatusCode.OK);

        var records = await origin.ReadAuditAsync(1002);
        Assert.Equal(1002, records.Count);
        Assert.Single(records, r => Text(r, "requestId") == Id(refused));
        Assert.Equal(
            Enumerable.Range(0, 1000).Select(i => prefix + i).Order(StringComparer.Ordinal),
            records.Where(r => Text(r, "requestId") == Id(answer)).Select(static r => Text(r, "key")).OfType<string>().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_deletion_whose_records_can_not_be_kept_is_refused_before_anything_is_deleted()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/a", "1");
        await origin.SetOrganizationAuditAsync(buckets: true);
        Directory.Delete(Path.Combine(origin.DataDirectory, "audit", "data-plane"), recursive: true);
        (await client.GetAsync("/bucket-1?list-type=2")).ShouldFail(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
        (await DeleteAsync(client, "<Object><Key>a</Key></Object>")).ShouldFail(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
        await origin.SetOrganizationAuditAsync(buckets: false);
        (await client.GetAsync("/bucket-1/a")).ShouldBe(HttpStatusCode.OK);
    }

    private static Task<S3Answer> DeleteAsync(S3TestClient client, string objects)
    {
        var body = $"<Delete>{objects}</Delete>";
        return client.PostAsync("/bucket-1?delete", body, ("x-amz-checksum-sha256", Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body)))));
    }
}
