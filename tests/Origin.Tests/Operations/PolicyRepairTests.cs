using System.Net;
using EdgeCache.Origin.Tests.ControlPlane;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Tests.Operations;

/// <summary>Policies and ACLs that lock their bucket up: written so, or accepted by a version with other rules.</summary>
public sealed class PolicyRepairTests
{
    private const string Unreadable = """{"Version":"2099-01-01","Statement":[]}""";
    private const string Locking =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket-1","arn:aws:s3:::bucket-1/*"]}]}""";

    private const string PublicRead =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/*"}]}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bucket_policy_that_can_not_be_read_closes_the_bucket_until_its_owner_mends_it(bool byReplacing)
    {
        await using var origin = await StartAsync(acl: "public-read");
        await S3TestClient.NewBucketAsync(origin.Client, "bucket-2");
        await ExecuteAsync(origin, "catalog.db", $"UPDATE buckets SET policy = '{Unreadable}' WHERE name = 'bucket-1'");
        var client = origin.Client;

        foreach (var reader in new[] { client, origin.Stranger, origin.Anonymous })
        {
            foreach (var path in new[] { "/bucket-1/k", "/bucket-1?list-type=2", "/bucket-1?acl" })
            {
                var refused = (await reader.GetAsync(path)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
                Assert.Contains("can't be read", refused.Value("Message"), StringComparison.Ordinal);
            }
        }

        (await client.PutAsync("/bucket-1/k", "2")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Stranger.GetAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Stranger.DeleteAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Anonymous.DeleteAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Equal(["bucket-1", "bucket-2"], (await client.GetAsync("/")).ShouldBe(HttpStatusCode.OK).Values("Name"));

        Assert.Equal(Unreadable, (await client.GetAsync("/bucket-1?policy")).ShouldBe(HttpStatusCode.OK).Text);
        var mended = byReplacing ? await client.PutAsync("/bucket-1?policy", PublicRead) : await client.DeleteAsync("/bucket-1?policy");
        mended.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
        (await origin.Stranger.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_bucket_policy_that_denies_its_own_change_is_reached_by_keys_of_admin_tokens_of_the_owner_alone()
    {
        await using var origin = await StartAsync();
        var admin = new ApiClient(origin);
        var (_, adminKey) = await admin.NewKeyAsync();
        var (adminKeyToRevoke, revoked) = await admin.NewKeyAsync();
        var (_, reader) = await admin.NewKeyAsync("""{"durationSeconds": 0, "accessLevel": "read"}""");
        var (_, _, token) = await admin.NewTokenAsync("""{"name": "ci", "admin": false}""");
        var (_, keyOfNoAdmin) = await token.NewKeyAsync();
        (await adminKey.PutAsync("/bucket-1?policy", Locking)).ShouldBe(HttpStatusCode.NoContent);

        (await admin.PostAsync("/v1/cwobject/revoke-access-key/access-key", $$"""{"accessKey":"{{adminKeyToRevoke}}"}""")).ShouldBe(HttpStatusCode.OK);
        (await revoked.DeleteAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        foreach (var other in new[] { origin.Client, keyOfNoAdmin, origin.Stranger, origin.Anonymous })
        {
            (await other.GetAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await other.PutAsync("/bucket-1?policy", PublicRead)).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await other.DeleteAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        }

        (await reader.DeleteAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await adminKey.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await adminKey.GetAsync("/bucket-1?policyStatus")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await adminKey.DeleteAsync("/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        Assert.Equal(Locking, (await adminKey.GetAsync("/bucket-1?policy")).ShouldBe(HttpStatusCode.OK).Text);
        (await adminKey.PutAsync("/bucket-1?policy", Locking)).ShouldBe(HttpStatusCode.NoContent);
        (await adminKey.DeleteAsync("/bucket-1?policy")).ShouldBe(HttpStatusCode.NoContent);
        (await origin.Client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Temporary_credentials_of_an_admin_token_reach_it_too_and_can_i_tells_so()
    {
        await using var origin = await StartAsync();
        (await origin.Client.PutAsync("/bucket-1?policy", Locking)).ShouldBe(HttpStatusCode.NoContent);
        var admin = new ApiClient(origin);
        var (_, _, token) = await admin.NewTokenAsync("""{"name": "ci", "admin": false}""");
        const string question = """{"action": "s3:DeleteBucketPolicy", "resource": "bucket-1"}""";
        Assert.False((await token.PostAsync("/v1/cwobject/auth/can-i", question)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean());
        Assert.True((await admin.PostAsync("/v1/cwobject/auth/can-i", question)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean());

        var issued = (await admin.GetAsync("/v1/cwobject/temporary-credentials/api-token")).ShouldBe(HttpStatusCode.OK).Json;
        var client = admin.S3(issued.GetProperty("AccessKeyId").GetString()!, issued.GetProperty("SecretAccessKey").GetString()!);
        (await client.DeleteAsync("/bucket-1?policy", ("x-amz-security-token", issued.GetProperty("Token").GetString()!))).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task ACLs_that_can_not_be_read_grant_nothing_and_can_be_replaced()
    {
        await using var origin = await StartAsync(acl: "public-read");
        (await origin.Client.PutAsync("/bucket-1?acl", "", ("x-amz-acl", "public-read"))).ShouldBe(HttpStatusCode.OK);
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
        (await origin.Anonymous.GetAsync("/bucket-1?list-type=2")).ShouldBe(HttpStatusCode.OK);
        foreach (var grants in new[] { "nonsense", """[{"Grantee":{"Kind":"Everybody","Id":""},"Permission":"Read"}]""", "[null]", "[{}]" })
        {
            await ExecuteAsync(origin, "catalog.db", $"UPDATE buckets SET grants = '{grants}'; UPDATE versions SET grants = '{grants}'");
            (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await origin.Anonymous.GetAsync("/bucket-1?list-type=2")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
            (await origin.Client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
            (await origin.Client.GetAsync("/bucket-1?acl")).ShouldBe(HttpStatusCode.OK);
        }

        await ExecuteAsync(origin, "catalog.db", "UPDATE buckets SET grants = NULL, acl = 99; UPDATE versions SET grants = NULL, acl = 99");
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);

        (await origin.Client.PutAsync("/bucket-1/k?acl", "", ("x-amz-acl", "public-read"))).ShouldBe(HttpStatusCode.OK);
        (await origin.Client.PutAsync("/bucket-1?acl", "", ("x-amz-acl", "public-read"))).ShouldBe(HttpStatusCode.OK);
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
        (await origin.Anonymous.GetAsync("/bucket-1?list-type=2")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"version":"v2","name":"allow-everything","statements":[]}""", true)]
    [InlineData("nonsense", false)]
    public async Task An_access_policy_that_can_not_be_read_closes_the_organization_until_an_admin_mends_it(string stored, bool byReplacing)
    {
        await using var origin = await StartAsync();
        var admin = new ApiClient(origin);
        var (_, _, token) = await admin.NewTokenAsync("""{"name": "ci", "admin": false}""");
        await ExecuteAsync(origin, "identity.db", $"UPDATE access_policies SET json = '{stored}' WHERE organization_id = 'main'");

        var refused = (await origin.Client.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Contains("can't be read", refused.Value("Message"), StringComparison.Ordinal);
        (await token.GetAsync("/v1/cwobject/access-key")).ShouldBe(HttpStatusCode.Forbidden);
        (await origin.Stranger.GetAsync("/")).ShouldBe(HttpStatusCode.OK);

        var listed = (await admin.GetAsync("/v1/cwobject/access-policy")).ShouldBe(HttpStatusCode.OK);
        Assert.Contains(byReplacing ? "allow-everything" : stored, listed.Text, StringComparison.Ordinal);
        if (!byReplacing)
        {
            (await admin.DeleteAsync("/v1/cwobject/access-policy/allow-everything")).ShouldBe(HttpStatusCode.OK);
        }

        (await admin.PostAsync("/v1/cwobject/access-policy", """
            {"policy":{"version":"v1alpha1","name":"allow-everything","statements":[{"name":"a","effect":"Allow","actions":["*"],"resources":["*"],"principals":["*"]}]}}
            """)).ShouldBe(HttpStatusCode.OK);
        (await origin.Client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<TestOrigin> StartAsync(string acl = "private")
    {
        var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        (await origin.Client.PutAsync("/bucket-1/k", "1", ("x-amz-acl", acl))).ShouldBe(HttpStatusCode.OK);
        return origin;
    }

    /// <summary>Changes what is stored, as a program with other rules had, while the origin is stopped.</summary>
    private static async Task ExecuteAsync(TestOrigin origin, string file, string sql)
    {
        await origin.StopAsync();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(origin.DataDirectory, file)};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this file's constants.
            command.CommandText = sql;
#pragma warning restore CA2100
            Assert.True(await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken) > 0);
        }

        await origin.RestartAsync();
    }
}
