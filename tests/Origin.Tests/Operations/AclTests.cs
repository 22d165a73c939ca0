using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class AclTests
{
    private const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";

    [Fact]
    public async Task A_canned_acl_of_a_bucket_is_replaced_and_shown_as_its_grants()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        Assert.Equal(["FULL_CONTROL"], (await client.GetAsync("/bucket-1?acl")).Values("Permission"));

        (await client.SendAsync(HttpMethod.Put, "/bucket-1?acl", headers: [("x-amz-acl", "public-read-write")])).ShouldBe(HttpStatusCode.OK);

        var acl = await client.GetAsync("/bucket-1?acl");
        Assert.Equal(["READ", "WRITE", "FULL_CONTROL"], acl.Values("Permission"));
        Assert.Equal([AllUsers, AllUsers], acl.Values("URI"));
        (await origin.Anonymous.GetAsync("/bucket-1")).ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Put, "/bucket-1?acl", headers: [("x-amz-acl", "private")])).ShouldBe(HttpStatusCode.OK);
        (await origin.Anonymous.GetAsync("/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task Explicit_grants_are_kept_exactly_and_shown_with_groups_first()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "x");
        var document = Acl(User("other", "READ"), User("main", "FULL_CONTROL"), Group(AllUsers, "READ_ACP"));

        foreach (var path in (string[])["/bucket-1?acl", "/bucket-1/k?acl"])
        {
            (await client.PutAsync(path, document)).ShouldBe(HttpStatusCode.OK);
            var acl = await client.GetAsync(path);
            Assert.Equal(["READ_ACP", "READ", "FULL_CONTROL"], acl.Values("Permission"));
            Assert.Equal(["main", "other", "main"], acl.Values("ID"));
        }

        (await client.PutAsync("/bucket-1?acl", Acl())).ShouldBe(HttpStatusCode.OK);
        Assert.Empty((await client.GetAsync("/bucket-1?acl")).Values("Permission"));
        (await client.GetAsync("/bucket-1")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Grants_given_at_creation_hold_for_buckets_objects_uploads_and_copies()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        (string, string)[] grants = [("x-amz-grant-read", "id=\"other\""), ("x-amz-grant-write-acp", $"uri={AllUsers}, id=main")];
        (await client.SendAsync(HttpMethod.Put, "/bucket-1", headers: grants)).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync("/bucket-1/put", "x", grants)).ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Put, "/bucket-1/copy", headers: [("x-amz-copy-source", "bucket-1/put"), .. grants])).ShouldBe(HttpStatusCode.OK);
        var upload = (await client.SendAsync(HttpMethod.Post, "/bucket-1/parts?uploads", headers: grants)).Value("UploadId");
        var part = (await client.PutAsync($"/bucket-1/parts?uploadId={upload}&partNumber=1", "x"))["ETag"];
        (await client.PostAsync(
            $"/bucket-1/parts?uploadId={upload}",
            $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part}</ETag></Part></CompleteMultipartUpload>")).ShouldBe(HttpStatusCode.OK);

        foreach (var path in (string[])["/bucket-1", "/bucket-1/put", "/bucket-1/copy", "/bucket-1/parts"])
        {
            Assert.Equal(["WRITE_ACP", "READ", "WRITE_ACP"], (await client.GetAsync(path + "?acl")).Values("Permission"));
        }
    }

    [Fact]
    public async Task Each_version_has_its_own_acl()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        var first = (await client.PutAsync("/bucket-1/k", "1"))["x-amz-version-id"];
        await client.PutAsync("/bucket-1/k", "2");

        (await client.SendAsync(HttpMethod.Put, $"/bucket-1/k?acl&versionId={first}", headers: [("x-amz-acl", "public-read")])).ShouldBe(HttpStatusCode.OK);

        Assert.Equal(["READ", "FULL_CONTROL"], (await client.GetAsync($"/bucket-1/k?acl&versionId={first}")).Values("Permission"));
        Assert.Equal(["FULL_CONTROL"], (await client.GetAsync("/bucket-1/k?acl")).Values("Permission"));
        (await origin.Anonymous.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        Assert.Equal("1", (await origin.Anonymous.GetAsync($"/bucket-1/k?versionId={first}")).Text);
    }

    [Fact]
    public async Task What_is_no_acl_is_refused()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1/k", "x");

        foreach (var path in (string[])["/bucket-1?acl", "/bucket-1/k?acl"])
        {
            await RefusedAsync(path, "<AccessControlPolicy/>", HttpStatusCode.BadRequest, "MalformedACLError");
            await RefusedAsync(path, Acl(User("main", "EVERYTHING")), HttpStatusCode.BadRequest, "MalformedACLError");
            await RefusedAsync(path, Acl([.. Enumerable.Repeat(User("main", "READ"), 101)]), HttpStatusCode.BadRequest, "MalformedACLError");
            await RefusedAsync(path, Acl(User("nobody-at-all", "READ")), HttpStatusCode.BadRequest, "InvalidArgument");
            await RefusedAsync(path, Acl(Group("http://example.com/group", "READ")), HttpStatusCode.BadRequest, "InvalidArgument");
            await RefusedAsync(path, Acl("<Grant><Grantee><EmailAddress>a@b</EmailAddress></Grantee><Permission>READ</Permission></Grant>"),
                HttpStatusCode.BadRequest, "UnresolvableGrantByEmailAddress");
            await RefusedAsync(path, Acl(User("main", "READ")).Replace("<ID>main</ID></Owner>", "<ID>other</ID></Owner>", StringComparison.Ordinal),
                HttpStatusCode.Forbidden, "AccessDenied");
            await RefusedAsync(path, Acl(User("main", "READ")), HttpStatusCode.BadRequest, "UnexpectedContent", ("x-amz-acl", "private"));
            await RefusedAsync(path, "", HttpStatusCode.BadRequest, "MissingSecurityHeader");
            await RefusedAsync(path, "", HttpStatusCode.BadRequest, "InvalidArgument", ("x-amz-acl", "public-ready"));
            await RefusedAsync(path, "", HttpStatusCode.BadRequest, "InvalidArgument", ("x-amz-grant-read", "main"));
            await RefusedAsync(path, "", HttpStatusCode.BadRequest, "InvalidRequest", ("x-amz-grant-read", "id=main"), ("x-amz-acl", "private"));
            Assert.Equal(["FULL_CONTROL"], (await client.GetAsync(path)).Values("Permission"));
        }

        async Task RefusedAsync(string path, string body, HttpStatusCode status, string code, params (string, string)[] headers) =>
            (await client.PutAsync(path, body, headers)).ShouldFail(status, code);
    }

    private static string Acl(params string[] grants) =>
        $"<AccessControlPolicy><Owner><ID>main</ID></Owner><AccessControlList>{string.Concat(grants)}</AccessControlList></AccessControlPolicy>";

    private static string User(string id, string permission) =>
        $"""<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>{id}</ID></Grantee><Permission>{permission}</Permission></Grant>""";

    private static string Group(string uri, string permission) => $"<Grant><Grantee><URI>{uri}</URI></Grantee><Permission>{permission}</Permission></Grant>";
}
