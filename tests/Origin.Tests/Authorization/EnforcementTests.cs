using System.Net;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Tests.Authorization;

/// <summary>That decisions see everything that bears on them: conditions of the request, tags of the object, the caller's organization, each key.</summary>
public sealed class EnforcementTests
{
    [Fact]
    public async Task An_organization_without_access_policies_may_do_nothing()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:Bootstrap:AllowEverything"] = "false" });

        (await origin.Client.GetAsync("/")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Client.SendAsync(HttpMethod.Put, "/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task A_bucket_policy_opens_a_bucket_to_others_and_to_everyone()
    {
        await using var origin = await BucketAsync();
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        await PolicyAsync(origin, """{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/*"}""");
        Assert.Equal("x", (await origin.Anonymous.GetAsync("/bucket-1/k")).Text);
        (await origin.Anonymous.GetAsync("/bucket-1/absent")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Anonymous.PutAsync("/bucket-1/k", "y")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        await PolicyAsync(origin, """{"Effect":"Allow","Principal":{"AWS":"other"},"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::bucket-1","arn:aws:s3:::bucket-1/*"]}""");
        Assert.Equal("x", (await origin.Stranger.GetAsync("/bucket-1/k")).Text);
        (await origin.Stranger.GetAsync("/bucket-1/absent")).ShouldFail(HttpStatusCode.NotFound, "NoSuchKey");
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task A_source_address_is_the_clients_and_cannot_be_forged()
    {
        await using var origin = await BucketAsync();
        await PolicyAsync(origin, """
            {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/*",
             "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"Bool":{"aws:SecureTransport":"true"}}}
            """);
        var forwarding = new EdgeForwarding(TestOrigin.ClusterSecret);
        var forged = new EdgeForwarding("another-cluster-secret-0123");
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(HttpStatusCode.OK, await ReadAsync(forwarding.Sign(Hop("192.0.2.7", secure: true), now, "GET", "/bucket-1/k")));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(forwarding.Sign(Hop("192.0.2.7", secure: false), now, "GET", "/bucket-1/k")));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(forwarding.Sign(Hop("198.51.100.7", secure: true), now, "GET", "/bucket-1/k")));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(forwarding.Sign(Hop("192.0.2.7", secure: true), now, "GET", "/bucket-1/other")));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(forwarding.Sign(Hop("192.0.2.7", secure: true), now.AddHours(-1), "GET", "/bucket-1/k")));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync(forged.Sign(Hop("192.0.2.7", secure: true), now, "GET", "/bucket-1/k")));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync("LGA1;192.0.2.7;https;0;00"));
        Assert.Equal(HttpStatusCode.Forbidden, (await origin.Anonymous.GetAsync("/bucket-1/k", ("X-Forwarded-For", "192.0.2.7"))).Status);

        async Task<HttpStatusCode> ReadAsync(string statement) => (await origin.Anonymous.GetAsync("/bucket-1/k", (EdgeForwarding.Header, statement))).Status;

        static EdgeHop Hop(string address, bool secure) => new("LGA1", IPAddress.Parse(address), secure);
    }

    [Fact]
    public async Task Conditions_see_the_tags_of_the_object_and_those_that_are_set()
    {
        await using var origin = await BucketAsync();
        await origin.Client.PutAsync("/bucket-1/secret", "s", ("x-amz-tagging", "class=secret"));
        await PolicyAsync(
            origin,
            """{"Effect":"Deny","Principal":"*","Action":["s3:GetObject","s3:DeleteObject","s3:GetObjectTagging"],"Resource":"arn:aws:s3:::bucket-1/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/class":"secret"}}}""",
            """{"Effect":"Deny","Principal":"*","Action":["s3:PutObject","s3:PutObjectTagging"],"Resource":"arn:aws:s3:::bucket-1/*","Condition":{"StringEquals":{"s3:RequestObjectTag/class":"forbidden"}}}""");
        var client = origin.Client;

        (await client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/bucket-1/secret")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.GetAsync("/bucket-1/secret?tagging")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.DeleteAsync("/bucket-1/secret")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.SendAsync(HttpMethod.Put, "/bucket-1/copy", headers: [("x-amz-copy-source", "bucket-1/secret")])).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/n", "x", ("x-amz-tagging", "class=forbidden"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/n", "x", ("x-amz-tagging", "class=other"))).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync("/bucket-1/k?tagging", Tagging("forbidden"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/k?tagging", Tagging("other"))).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync("/bucket-1/secret?tagging", Tagging("open"))).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/bucket-1/secret")).ShouldBe(HttpStatusCode.OK);

        static string Tagging(string value) => $"<Tagging><TagSet><Tag><Key>class</Key><Value>{value}</Value></Tag></TagSet></Tagging>";
    }

    [Theory]
    [InlineData("x-amz-acl", "public-read", "s3:PutObjectAcl")]
    [InlineData("x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/global/AllUsers", "s3:PutObjectAcl")]
    [InlineData("x-amz-tagging", "class=open", "s3:PutObjectTagging")]
    public async Task A_write_that_brings_an_acl_or_tags_needs_the_permission_to_set_them(string header, string value, string action)
    {
        await using var origin = await BucketAsync();
        var client = origin.Client;
        await PolicyAsync(origin, $$"""{"Effect":"Deny","Principal":"*","Action":"{{action}}","Resource":"arn:aws:s3:::bucket-1/*"}""");

        (await client.PutAsync("/bucket-1/n", "x", (header, value))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.SendAsync(HttpMethod.Post, "/bucket-1/n?uploads", headers: [(header, value)])).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.SendAsync(HttpMethod.Put, "/bucket-1/n", headers: [("x-amz-copy-source", "bucket-1/k"), (header, value)]))
            .ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.PutAsync("/bucket-1/n", "x", ("x-amz-acl", "private"))).ShouldBe(HttpStatusCode.OK);

        await PolicyAsync(origin, """{"Effect":"Deny","Principal":"*","Action":"s3:PutObjectRetention","Resource":"arn:aws:s3:::bucket-1/*"}""");
        (await client.PutAsync("/bucket-1/n", "x", (header, value))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_key_of_a_deletion_is_decided_alone_and_a_version_by_its_own_action()
    {
        await using var origin = await BucketAsync();
        var client = origin.Client;
        await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        var version = (await client.PutAsync("/bucket-1/free", "x"))["x-amz-version-id"];
        await PolicyAsync(
            origin,
            """{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bucket-1/kept/*"}""",
            """{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObjectVersion","Resource":"arn:aws:s3:::bucket-1/*"}""");

        var answer = await DeleteAsync(client, $"<Object><Key>free</Key></Object><Object><Key>kept/1</Key></Object><Object><Key>free</Key><VersionId>{version}</VersionId></Object>");

        Assert.Equal(["AccessDenied", "AccessDenied"], answer.Values("Code"));
        Assert.Single(answer.Xml.Elements(), static e => e.Name.LocalName == "Deleted");
        (await client.GetAsync($"/bucket-1/free?versionId={version}")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Listings_are_decided_with_their_prefix()
    {
        await using var origin = await BucketAsync();
        await PolicyAsync(origin, """{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket-1","Condition":{"StringLike":{"s3:prefix":"public/*"},"NumericLessThanEquals":{"s3:max-keys":"10"}}}""");

        (await origin.Anonymous.GetAsync("/bucket-1?list-type=2&prefix=public%2Fa&max-keys=5")).ShouldBe(HttpStatusCode.OK);
        (await origin.Anonymous.GetAsync("/bucket-1?list-type=2&prefix=public%2Fa&max-keys=50")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Anonymous.GetAsync("/bucket-1?list-type=2&prefix=private%2F&max-keys=5")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Anonymous.GetAsync("/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task Ignored_public_acls_and_restricted_public_policies_open_nothing()
    {
        await using var origin = await BucketAsync();
        var client = origin.Client;
        await client.SendAsync(HttpMethod.Put, "/bucket-1/k?acl", headers: [("x-amz-acl", "public-read")]);
        Assert.Equal(HttpStatusCode.OK, (await origin.Anonymous.GetAsync("/bucket-1/k")).Status);
        await BlockAsync("IgnorePublicAcls");
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        await PolicyAsync(origin, """{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/*"}""");
        Assert.Equal(HttpStatusCode.OK, (await origin.Anonymous.GetAsync("/bucket-1/k")).Status);
        await BlockAsync("RestrictPublicBuckets");
        await client.SendAsync(HttpMethod.Put, "/bucket-1/k?acl", headers: [("x-amz-acl", "private")]);
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Stranger.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/bucket-1/k")).Status);
        await BlockAsync("BlockPublicPolicy");
        (await client.PutAsync("/bucket-1?policy", Policy("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/*"}""")))
            .ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        async Task BlockAsync(string what) => (await client.PutAsync(
            "/bucket-1?publicAccessBlock", $"<PublicAccessBlockConfiguration><{what}>true</{what}></PublicAccessBlockConfiguration>")).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<TestOrigin> BucketAsync()
    {
        var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        await origin.Client.PutAsync("/bucket-1/k", "x");
        return origin;
    }

    private static string Policy(params string[] statements) =>
        $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";

    private static async Task PolicyAsync(TestOrigin origin, params string[] statements) =>
        (await origin.Client.PutAsync("/bucket-1?policy", Policy(statements))).ShouldBe(HttpStatusCode.NoContent);

    private static async Task<S3Answer> DeleteAsync(S3TestClient client, string objects)
    {
        var body = $"<Delete>{objects}</Delete>";
#pragma warning disable CA5351 // Content-MD5 is what the operation asks for.
        var md5 = Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5351
        return (await client.PostAsync("/bucket-1?delete", body, ("Content-MD5", md5))).ShouldBe(HttpStatusCode.OK);
    }
}
