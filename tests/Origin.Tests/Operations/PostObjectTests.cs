using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class PostObjectTests
{
    [Fact]
    public async Task A_signed_form_uploads_its_file_with_all_that_it_says()
    {
        await using var origin = await StartAsync();
        var conditions = """["starts-with","$key","user/"],{"acl":"private"},["starts-with","$Content-Type","text/"],{"x-amz-meta-who":"me"},["eq","$tagging","<Tagging><TagSet><Tag><Key>a</Key><Value>1 2</Value></Tag></TagSet></Tagging>"],["content-length-range",1,100],{"x-amz-server-side-encryption":"AES256"}""";
        var post = await PostAsync(
            origin, conditions, "hello", "greeting.txt",
            ("key", "user/${filename}"), ("acl", "private"), ("Content-Type", "text/plain"), ("x-amz-meta-who", "me"), ("x-ignore-me", "x"),
            ("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>1 2</Value></Tag></TagSet></Tagging>"), ("x-amz-server-side-encryption", "AES256"));

        post.ShouldBe(HttpStatusCode.NoContent);
        Assert.EndsWith("/bucket-1/user/greeting.txt", post["Location"], StringComparison.Ordinal);
        var get = (await origin.Client.GetAsync("/bucket-1/user/greeting.txt")).ShouldBe(HttpStatusCode.OK);
        Assert.Equal(("hello", "text/plain", "me", "AES256"), (get.Text, get["Content-Type"], get["x-amz-meta-who"], get["x-amz-server-side-encryption"]));
        Assert.Equal(get["ETag"], post["ETag"]);
        Assert.Equal("1 2", (await origin.Client.GetAsync("/bucket-1/user/greeting.txt?tagging")).Value("Value"));
    }

    [Theory]
    [InlineData("{\"key\":\"k\"}", "k", "hello", 204, null)]
    [InlineData("{\"key\":\"k\"}", "other", "hello", 403, "AccessDenied")]
    [InlineData("[\"starts-with\",\"$key\",\"\"]", "any", "hello", 204, null)]
    [InlineData("[\"STARTS-with\",\"$KEY\",\"an\"]", "any", "hello", 204, null)]
    [InlineData("[\"ends-with\",\"$key\",\"y\"]", "any", "hello", 400, "InvalidPolicyDocument")]
    [InlineData("{\"key\":\"k\"},[\"content-length-range\",0,4]", "k", "hello", 400, "EntityTooLarge")]
    [InlineData("{\"key\":\"k\"},[\"content-length-range\",6,10]", "k", "hello", 400, "EntityTooSmall")]
    [InlineData("{\"key\":\"k\"},[\"content-length-range\",5,5]", "k", "hello", 204, null)]
    [InlineData("{\"key\":\"k\"},[\"content-length-range\",-1,5]", "k", "hello", 400, "InvalidPolicyDocument")]
    [InlineData("{\"key\":\"k\"},{}", "k", "hello", 400, "InvalidPolicyDocument")]
    [InlineData("{\"key\":\"k\"},{\"x-amz-meta-a\":\"b\"}", "k", "hello", 403, "AccessDenied")]
    public async Task Conditions_decide(string conditions, string key, string file, int status, string? code)
    {
        await using var origin = await StartAsync();
        var post = await PostAsync(origin, conditions, file, "f", ("key", key));
        Assert.Equal((status, code), ((int)post.Status, post.ErrorCode));
        Assert.Equal(status == 204 ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await origin.Client.GetAsync($"/bucket-1/{key}")).Status);
    }

    [Fact]
    public async Task What_a_policy_says_nothing_of_is_refused()
    {
        await using var origin = await StartAsync();
        (await PostAsync(origin, "{\"key\":\"k\"}", "x", "f", ("key", "k"), ("acl", "public-read"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
    }

    [Fact]
    public async Task Signatures_and_times_are_checked()
    {
        await using var origin = await StartAsync();
        var good = Sign(Policy("{\"key\":\"k\"}", origin.Time.GetUtcNow().AddHours(1)), "main-secret-key", origin.Time);

        (await SendAsync(origin, "x", "f", [("key", "k"), .. good.Where(static f => f.Item1 != "x-amz-signature"), ("x-amz-signature", new string('0', 64))]))
            .ShouldFail(HttpStatusCode.Forbidden, "SignatureDoesNotMatch");
        (await SendAsync(origin, "x", "f", [("key", "k"), .. good.Where(static f => f.Item1 != "x-amz-date")])).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        (await SendAsync(origin, "x", "f", [("key", "k"), .. Sign(Policy("{\"key\":\"k\"}", origin.Time.GetUtcNow().AddHours(-1)), "main-secret-key", origin.Time)]))
            .ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await SendAsync(origin, "x", "f", [("key", "k"), ("policy", "!")])).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        (await SendAsync(origin, "x", "f", [("key", "k"), .. good])).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Older_signatures_are_known_too()
    {
        await using var origin = await StartAsync();
        var policy = Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $$"""{"expiration":"{{origin.Time.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}","conditions":[{"bucket":"bucket-1"},{"key":"k"}]}"""));
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes("main-secret-key"));
        hmac.AppendData(Encoding.UTF8.GetBytes(policy));
        var signature = Convert.ToBase64String(hmac.GetHashAndReset());

        (await SendAsync(origin, "x", "f", [("key", "k"), ("AWSAccessKeyId", "AKMAIN"), ("policy", policy), ("signature", signature)])).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(origin, "x", "f", [("key", "k"), ("AWSAccessKeyId", "AKMAIN"), ("policy", policy), ("signature", "AAAA")]))
            .ShouldFail(HttpStatusCode.Forbidden, "SignatureDoesNotMatch");
        (await SendAsync(origin, "x", "f", [("key", "k"), ("AWSAccessKeyId", "AKNONE"), ("policy", policy), ("signature", signature)]))
            .ShouldFail(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
    }

    [Fact]
    public async Task Without_a_policy_it_is_anybodys_form()
    {
        await using var origin = await StartAsync();
        (await SendAsync(origin, "x", "f", [("key", "k")])).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        await origin.Client.SendAsync(HttpMethod.Put, "/bucket-1?acl", headers: [("x-amz-acl", "public-read-write")]);
        (await SendAsync(origin, "x", "f", [("key", "k")])).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Who_signed_must_be_allowed_to()
    {
        await using var origin = await StartAsync();
        await origin.Client.PutAsync(
            "/bucket-1?policy",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-1/no/*"}]}""");
        (await PostAsync(origin, "[\"starts-with\",\"$key\",\"\"]", "x", "f", ("key", "no/k"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await PostAsync(origin, "[\"starts-with\",\"$key\",\"\"]", "x", "f", ("key", "yes/k"))).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_form_says_how_to_be_answered()
    {
        await using var origin = await StartAsync();
        const string Any = "[\"starts-with\",\"$key\",\"\"],[\"starts-with\",\"$success_action_status\",\"\"],[\"starts-with\",\"$success_action_redirect\",\"\"]";
        var created = (await PostAsync(origin, Any, "x", "f", ("key", "a b"), ("success_action_status", "201"), ("success_action_redirect", "not a url")))
            .ShouldBe(HttpStatusCode.Created);
        Assert.Equal(("bucket-1", "a b"), (created.Value("Bucket"), created.Value("Key")));
        (await PostAsync(origin, Any, "x", "f", ("key", "k"), ("success_action_status", "200"), ("success_action_redirect", ""))).ShouldBe(HttpStatusCode.OK);
        (await PostAsync(origin, Any, "x", "f", ("key", "k"), ("success_action_status", "404"), ("success_action_redirect", ""))).ShouldBe(HttpStatusCode.NoContent);
        var seeOther = await PostAsync(origin, Any, "x", "f", ("key", "k"), ("success_action_status", ""), ("success_action_redirect", "http://127.0.0.1:9/done?x=1"));
        Assert.Equal(HttpStatusCode.SeeOther, seeOther.Status);
        Assert.StartsWith("http://127.0.0.1:9/done?x=1&bucket=bucket-1&key=k&etag=%22", seeOther["Location"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_form_is_refused()
    {
        await using var origin = await StartAsync();
        (await origin.Client.PostAsync("/bucket-1", "x", ("Content-Type", "text/plain"))).ShouldFail(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        (await SendAsync(origin, null, "f", [("key", "k")])).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        (await SendAsync(origin, "x", "f", [])).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");
        (await SendAsync(origin, "x", "f", [("key", "k"), ("x-amz-meta-a", new string('a', 200_000))])).ShouldFail(HttpStatusCode.BadRequest, "MaxPostPreDataLengthExceeded");
        (await SendAsync(origin, "x", "f", [("key", new string('k', 1025))])).ShouldFail(HttpStatusCode.BadRequest, "KeyTooLongError");
    }

    private static async Task<TestOrigin> StartAsync()
    {
        var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        return origin;
    }

    private static Task<S3Answer> PostAsync(TestOrigin origin, string conditions, string? file, string fileName, params (string, string)[] fields) =>
        SendAsync(origin, file, fileName, [.. fields, .. Sign(Policy(conditions, origin.Time.GetUtcNow().AddHours(1)), "main-secret-key", origin.Time)]);

    private static async Task<S3Answer> SendAsync(TestOrigin origin, string? file, string fileName, (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        if (file is not null)
        {
            form.Add(new StringContent(file), "file", fileName);
        }

        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        using var response = await http.PostAsync(new Uri(origin.Server.S3Endpoint, "/bucket-1"), form, TestContext.Current.CancellationToken);
        return await S3Answer.ReadAsync(response);
    }

    private static string Policy(string conditions, DateTimeOffset expiration) =>
        $$"""{"expiration":"{{expiration:yyyy-MM-ddTHH:mm:ss.fffZ}}","conditions":[{"bucket":"bucket-1"},["starts-with","$x-amz-algorithm",""],["starts-with","$x-amz-credential",""],["starts-with","$x-amz-date",""],{{conditions}}]}""";

    private static (string, string)[] Sign(string policy, string secret, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var scope = new SigV4Scope($"{now:yyyyMMdd}", "ORD1", "s3");
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy));
        return
        [
            ("policy", text), ("x-amz-algorithm", "AWS4-HMAC-SHA256"), ("x-amz-credential", $"AKMAIN/{scope.Date}/ORD1/s3/aws4_request"), ("x-amz-date", $"{now:yyyyMMddTHHmmssZ}"),
            ("x-amz-signature", Convert.ToHexStringLower(HMACSHA256.HashData(SigningKey.Derive(secret, scope).ToArray(), Encoding.UTF8.GetBytes(text)))),
        ];
    }
}
