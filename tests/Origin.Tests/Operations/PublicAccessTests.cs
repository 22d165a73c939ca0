using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class PublicAccessTests
{
    [Fact]
    public async Task A_public_access_block_is_put_read_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        (await client.GetAsync("/bucket-1?publicAccessBlock")).ShouldFail(HttpStatusCode.NotFound, "NoSuchPublicAccessBlockConfiguration");

        (await client.PutAsync("/bucket-1?publicAccessBlock", Block("BlockPublicAcls", "RestrictPublicBuckets"))).ShouldBe(HttpStatusCode.OK);

        var read = await client.GetAsync("/bucket-1?publicAccessBlock");
        Assert.Equal(("true", "false", "false", "true"),
            (read.Value("BlockPublicAcls"), read.Value("IgnorePublicAcls"), read.Value("BlockPublicPolicy"), read.Value("RestrictPublicBuckets")));
        (await client.DeleteAsync("/bucket-1?publicAccessBlock")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1?publicAccessBlock")).ShouldFail(HttpStatusCode.NotFound, "NoSuchPublicAccessBlockConfiguration");
        (await client.PutAsync("/bucket-1?publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>maybe</BlockPublicAcls></PublicAccessBlockConfiguration>"))
            .ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");
    }

    [Fact]
    public async Task Blocked_public_acls_are_refused_wherever_one_can_be_set()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "x");
        await client.PutAsync("/bucket-1?publicAccessBlock", Block("BlockPublicAcls"));

        foreach (var header in (((string, string) Header, bool Refused)[])
            [(("x-amz-acl", "public-read"), true), (("x-amz-acl", "authenticated-read"), true),
             (("x-amz-grant-read", "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\""), true), (("x-amz-acl", "private"), false),
             (("x-amz-grant-read", "id=other"), false)])
        {
            foreach (var (method, path) in ((HttpMethod, string)[])
                [(HttpMethod.Put, "/bucket-1?acl"), (HttpMethod.Put, "/bucket-1/k?acl"), (HttpMethod.Put, "/bucket-1/new"), (HttpMethod.Post, "/bucket-1/new?uploads")])
            {
                var answer = await client.SendAsync(method, path, body: path == "/bucket-1/new" ? [1] : null, headers: [header.Header]);
                Assert.Equal(header.Refused ? HttpStatusCode.Forbidden : HttpStatusCode.OK, answer.Status);
            }
        }
    }

    [Fact]
    public async Task Ownership_controls_are_put_read_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        (await client.GetAsync("/bucket-1?ownershipControls")).ShouldFail(HttpStatusCode.NotFound, "OwnershipControlsNotFoundError");

        (await client.PutAsync("/bucket-1?ownershipControls", Ownership("BucketOwnerPreferred"))).ShouldBe(HttpStatusCode.OK);

        Assert.Equal("BucketOwnerPreferred", (await client.GetAsync("/bucket-1?ownershipControls")).Value("ObjectOwnership"));
        (await client.DeleteAsync("/bucket-1?ownershipControls")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1?ownershipControls")).ShouldFail(HttpStatusCode.NotFound, "OwnershipControlsNotFoundError");
        (await client.PutAsync("/bucket-1?ownershipControls", Ownership("Nobody"))).ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");
    }

    [Theory]
    [InlineData("ObjectWriter", "other")]
    [InlineData("BucketOwnerPreferred", "other")]
    [InlineData("BucketOwnerPreferred", "main", "bucket-owner-full-control")]
    [InlineData("BucketOwnerEnforced", "main")]
    public async Task The_rule_decides_who_owns_what_others_write(string rule, string owner, string? acl = null)
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client, acl: "public-read-write");
        (await client.PutAsync("/bucket-1?ownershipControls", Ownership(rule == "BucketOwnerEnforced" ? "ObjectWriter" : rule))).ShouldBe(HttpStatusCode.OK);
        if (rule == "BucketOwnerEnforced")
        {
            (await client.PutAsync("/bucket-1?ownershipControls", Ownership(rule))).ShouldFail(HttpStatusCode.BadRequest, "InvalidBucketAclWithObjectOwnership");
            return;
        }

        (await origin.Stranger.PutAsync("/bucket-1/k", "x", acl is null ? [] : [("x-amz-acl", acl)])).ShouldBe(HttpStatusCode.OK);

        var shown = await (owner == "main" ? client : origin.Stranger).GetAsync("/bucket-1/k?acl");
        Assert.Equal(owner, shown.ShouldBe(HttpStatusCode.OK).Value("ID"));
    }

    [Fact]
    public async Task An_enforced_owner_leaves_no_room_for_acls()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        (await client.SendAsync(HttpMethod.Put, "/bucket-1", headers: [("x-amz-object-ownership", "BucketOwnerEnforced"), ("x-amz-acl", "public-read")]))
            .ShouldFail(HttpStatusCode.BadRequest, "InvalidBucketAclWithObjectOwnership");
        (await client.SendAsync(HttpMethod.Put, "/bucket-1", headers: [("x-amz-object-ownership", "BucketOwnerEnforced")])).ShouldBe(HttpStatusCode.OK);

        (await client.PutAsync("/bucket-1/k", "x", ("x-amz-acl", "public-read"))).ShouldFail(HttpStatusCode.BadRequest, "AccessControlListNotSupported");
        (await client.SendAsync(HttpMethod.Put, "/bucket-1?acl", headers: [("x-amz-acl", "private")]))
            .ShouldFail(HttpStatusCode.BadRequest, "AccessControlListNotSupported");
        (await client.PutAsync("/bucket-1/k", "x", ("x-amz-acl", "bucket-owner-full-control"))).ShouldBe(HttpStatusCode.OK);
    }

    private static string Block(params string[] on) =>
        $"<PublicAccessBlockConfiguration>{string.Concat(on.Select(static o => $"<{o}>true</{o}>"))}</PublicAccessBlockConfiguration>";

    private static string Ownership(string rule) => $"<OwnershipControls><Rule><ObjectOwnership>{rule}</ObjectOwnership></Rule></OwnershipControls>";
}
