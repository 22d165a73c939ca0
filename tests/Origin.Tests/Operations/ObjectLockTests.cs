using System.Net;
using EdgeCache.Testing;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class ObjectLockTests
{
    private const string Bypass = "x-amz-bypass-governance-retention";
    private const string Governance30Days =
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days>" +
        "</DefaultRetention></Rule></ObjectLockConfiguration>";

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_bucket_made_with_lock_keeps_versions_for_good()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;

        Assert.Equal("Enabled", (await client.GetAsync("/bucket-1?versioning")).Value("Status"));
        Assert.Equal("Enabled", (await client.GetAsync("/bucket-1?object-lock")).Value("ObjectLockEnabled"));
        (await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"))
            .ShouldFail(HttpStatusCode.Conflict, "InvalidBucketState");
    }

    [Fact]
    public async Task Lock_can_be_enabled_later_where_versions_are_kept()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client, "plain");

        (await client.GetAsync("/plain?object-lock")).ShouldFail(HttpStatusCode.NotFound, "ObjectLockConfigurationNotFoundError");
        (await client.PutAsync("/plain?object-lock", Governance30Days)).ShouldFail(HttpStatusCode.Conflict, "InvalidBucketState");
        await client.PutAsync("/plain/k", "x");
        (await client.PutAsync("/plain/k?legal-hold", "<LegalHold><Status>ON</Status></LegalHold>")).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        (await client.PutAsync("/plain/k", "x", ("x-amz-object-lock-legal-hold", "ON"))).ShouldFail(HttpStatusCode.BadRequest, "InvalidRequest");
        await client.PutAsync("/plain?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        (await client.PutAsync("/plain?object-lock", Governance30Days)).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("30", (await client.GetAsync("/plain?object-lock")).Value("Days"));
    }

    [Fact]
    public async Task The_default_retention_protects_new_versions_until_it_ends()
    {
        var time = new ManualTimeProvider(Start);
        await using var origin = await StartAsync(time);
        var client = origin.Client;
        (await client.PutAsync("/bucket-1?object-lock", Governance30Days)).ShouldBe(HttpStatusCode.OK);
        var version = (await client.PutAsync("/bucket-1/k", "x"))["x-amz-version-id"];

        var head = await client.HeadAsync("/bucket-1/k");
        Assert.Equal("GOVERNANCE", head["x-amz-object-lock-mode"]);
        Assert.Equal("2030-01-31T00:00:00.000Z", head["x-amz-object-lock-retain-until-date"]);
        Assert.Null(head["x-amz-object-lock-legal-hold"]);
        (await client.DeleteAsync($"/bucket-1/k?versionId={version}")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        time.Advance(TimeSpan.FromDays(30));
        (await client.DeleteAsync($"/bucket-1/k?versionId={version}")).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_delete_marker_is_made_and_removed_all_the_same()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1/k", "x", Retain("COMPLIANCE", Start.AddDays(1)));

        var marker = (await client.DeleteAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.NoContent)["x-amz-version-id"];
        (await client.DeleteAsync($"/bucket-1/k?versionId={marker}")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GOVERNANCE", HttpStatusCode.NoContent)]
    [InlineData("COMPLIANCE", HttpStatusCode.Forbidden)]
    public async Task Only_governance_can_be_bypassed(string mode, HttpStatusCode expected)
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        var version = (await client.PutAsync("/bucket-1/k", "x", Retain(mode, Start.AddDays(1))))["x-amz-version-id"];

        (await client.DeleteAsync($"/bucket-1/k?versionId={version}")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Equal(expected, (await client.DeleteAsync($"/bucket-1/k?versionId={version}", (Bypass, "true"))).Status);
    }

    [Fact]
    public async Task The_bypass_needs_its_permission()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        var version = (await client.PutAsync("/bucket-1/k", "x", Retain("GOVERNANCE", Start.AddDays(1))))["x-amz-version-id"];
        await client.PutAsync("/bucket-1?policy", Deny("s3:BypassGovernanceRetention"));

        (await client.DeleteAsync($"/bucket-1/k?versionId={version}", (Bypass, "true"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/k?retention", "<Retention/>", (Bypass, "true"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        await client.DeleteAsync("/bucket-1?policy");
        (await client.PutAsync("/bucket-1/k?retention", "<Retention/>", (Bypass, "true"))).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/bucket-1/k?retention")).ShouldFail(HttpStatusCode.NotFound, "NoSuchObjectLockConfiguration");
        (await client.DeleteAsync($"/bucket-1/k?versionId={version}")).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_retention_can_be_made_longer_but_not_shorter()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1/k", "x", Retain("COMPLIANCE", Start.AddDays(2)));

        (await client.PutAsync("/bucket-1/k?retention", Retention("COMPLIANCE", Start.AddDays(3)))).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync("/bucket-1/k?retention", Retention("COMPLIANCE", Start.AddDays(1)), (Bypass, "true")))
            .ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/k?retention", Retention("GOVERNANCE", Start.AddDays(4)))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/k?retention", Retention("COMPLIANCE", Start.AddDays(-1)))).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        Assert.Equal("2030-01-04T00:00:00.000Z", (await client.GetAsync("/bucket-1/k?retention")).Value("RetainUntilDate"));
    }

    [Fact]
    public async Task A_legal_hold_holds_until_it_is_ended()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        var version = (await client.PutAsync("/bucket-1/k", "x"))["x-amz-version-id"];
        (await client.GetAsync("/bucket-1/k?legal-hold")).ShouldFail(HttpStatusCode.NotFound, "NoSuchObjectLockConfiguration");

        (await client.PutAsync("/bucket-1/k?legal-hold", "<LegalHold><Status>ON</Status></LegalHold>")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("ON", (await client.HeadAsync("/bucket-1/k"))["x-amz-object-lock-legal-hold"]);
        (await client.DeleteAsync($"/bucket-1/k?versionId={version}", (Bypass, "true"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/k?legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal("OFF", (await client.GetAsync("/bucket-1/k?legal-hold")).Value("Status"));
        (await client.DeleteAsync($"/bucket-1/k?versionId={version}")).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Deleting_many_leaves_what_is_locked()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        var locked = (await client.PutAsync("/bucket-1/locked", "x", Retain("GOVERNANCE", Start.AddDays(1))))["x-amz-version-id"];
        var free = (await client.PutAsync("/bucket-1/free", "x"))["x-amz-version-id"];
        var document =
            $"<Delete><Object><Key>locked</Key><VersionId>{locked}</VersionId></Object><Object><Key>free</Key><VersionId>{free}</VersionId></Object></Delete>";

        var first = await client.PostAsync("/bucket-1?delete", document, Md5(document));
        Assert.Equal(["AccessDenied"], first.Values("Code"));
        (await client.GetAsync("/bucket-1/locked")).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/bucket-1/free")).ShouldBe(HttpStatusCode.NotFound);
        Assert.Empty((await client.PostAsync("/bucket-1?delete", document, Md5(document), (Bypass, "true"))).Values("Code"));
    }

    [Fact]
    public async Task Copies_and_multipart_uploads_bring_their_lock()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1/source", "x", Retain("GOVERNANCE", Start.AddDays(1)));
        await client.SendAsync(HttpMethod.Put, "/bucket-1/bare", headers: [("x-amz-copy-source", "/bucket-1/source")]);
        await client.SendAsync(
            HttpMethod.Put, "/bucket-1/held", headers: [("x-amz-copy-source", "/bucket-1/source"), ("x-amz-object-lock-legal-hold", "ON")]);
        var upload = (await client.PostAsync("/bucket-1/parts?uploads", "", Retain("COMPLIANCE", Start.AddDays(2)))).Value("UploadId");
        var etag = (await client.PutAsync($"/bucket-1/parts?uploadId={upload}&partNumber=1", "x"))["ETag"];
        (await client.PostAsync(
            $"/bucket-1/parts?uploadId={upload}",
            $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>")).ShouldBe(HttpStatusCode.OK);

        Assert.Null((await client.HeadAsync("/bucket-1/bare"))["x-amz-object-lock-mode"]);
        Assert.Equal("ON", (await client.HeadAsync("/bucket-1/held"))["x-amz-object-lock-legal-hold"]);
        Assert.Equal("COMPLIANCE", (await client.HeadAsync("/bucket-1/parts"))["x-amz-object-lock-mode"]);
    }

    [Fact]
    public async Task The_lock_is_told_to_whom_may_read_it()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1/k", "x", [.. Retain("GOVERNANCE", Start.AddDays(1)), ("x-amz-object-lock-legal-hold", "ON")]);
        await client.PutAsync("/bucket-1?policy", Deny("s3:GetObjectRetention"));

        var head = (await client.HeadAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
        Assert.Null(head["x-amz-object-lock-mode"]);
        Assert.Equal("ON", head["x-amz-object-lock-legal-hold"]);
    }

    [Theory]
    [InlineData("GOVERNANCE", null, null)]
    [InlineData(null, "2031-01-01T00:00:00Z", null)]
    [InlineData("governance", "2031-01-01T00:00:00Z", null)]
    [InlineData("GOVERNANCE", "tomorrow", null)]
    [InlineData("GOVERNANCE", "2029-01-01T00:00:00Z", null)]
    [InlineData(null, null, "on")]
    public async Task Headers_that_can_not_be_right_are_refused(string? mode, string? until, string? hold)
    {
        await using var origin = await StartAsync();
        (string, string?)[] given = [("x-amz-object-lock-mode", mode), ("x-amz-object-lock-retain-until-date", until), ("x-amz-object-lock-legal-hold", hold)];
        var headers = given.Where(static h => h.Item2 is not null).Select(static h => (h.Item1, h.Item2!)).ToArray();
        (await origin.Client.PutAsync("/bucket-1/k", "x", headers)).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
    }

    [Fact]
    public async Task Bringing_a_lock_needs_its_permission()
    {
        await using var origin = await StartAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1?policy", Deny("s3:PutObjectRetention"));

        (await client.PutAsync("/bucket-1/k", "x", Retain("GOVERNANCE", Start.AddDays(1)))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/k", "x", ("x-amz-object-lock-legal-hold", "ON"))).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<TestOrigin> StartAsync(ManualTimeProvider? time = null)
    {
        var origin = await TestOrigin.StartAsync(time: time ?? new ManualTimeProvider(Start));
        (await origin.Client.SendAsync(HttpMethod.Put, "/bucket-1", headers: [("x-amz-bucket-object-lock-enabled", "true")])).ShouldBe(HttpStatusCode.OK);
        return origin;
    }

    private static (string, string)[] Retain(string mode, DateTimeOffset until) =>
        [("x-amz-object-lock-mode", mode), ("x-amz-object-lock-retain-until-date", $"{until:yyyy-MM-ddTHH:mm:ssZ}")];

    private static string Retention(string mode, DateTimeOffset until) =>
        $"<Retention><Mode>{mode}</Mode><RetainUntilDate>{until:yyyy-MM-ddTHH:mm:ssZ}</RetainUntilDate></Retention>";

    private static string Deny(string action) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"{{action}}","Resource":"arn:aws:s3:::bucket-1/*"}]}""";

    private static (string, string) Md5(string document) =>
        ("Content-MD5", Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(document))));
}
