using System.Text.Json;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>Upload forms that boto3 signs and curl sends through the edge.</summary>
public sealed class PresignedPostTests(SharedDeployment deployment)
{
    private const string Script = """
        import boto3, json, os, sys
        from botocore.config import Config
        bucket, key, version, fields, conditions = sys.argv[1:]
        s3 = boto3.client('s3', endpoint_url=os.environ['EDGECACHE_ENDPOINT'], config=Config(signature_version=version or None))
        fields = json.loads(fields)
        conditions = json.loads(conditions) + [{name: value} for name, value in fields.items()]
        print(json.dumps(s3.generate_presigned_post(bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=300)))
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("s3v4")]
    public async Task What_a_form_uploads_is_read_from_the_cache(string version)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var bucket = await NewBucketAsync();
        var file = Files.Write(directory.Path, "file", 5_000_000, seed: 1);
        foreach (var python in await InterpretersAsync(directory))
        {
            var form = await SignAsync(python, directory, bucket, "up/${filename}", version,
                """{"Content-Type":"image/x-test","x-amz-meta-step":"12","success_action_status":"201"}""");
            var (status, answer) = await SendAsync(directory, form, file);
            Assert.True(status == 201, answer);
            Assert.Contains("<Key>up/file</Key>", answer, StringComparison.Ordinal);

            Assert.Equal("MISS", (await http.GetAsync($"/{bucket}/up/file")).ShouldBe(200).Cache);
            var hit = (await http.GetAsync($"/{bucket}/up/file")).ShouldBe(200);
            Assert.Equal(("HIT", "image/x-test", "12"), (hit.Cache, hit["Content-Type"], hit["x-amz-meta-step"]));
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            Assert.True(hit.Body.AsSpan().SequenceEqual(content));
        }
    }

    [Fact]
    public async Task What_the_policy_does_not_allow_is_refused()
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var bucket = await NewBucketAsync();
        var file = Files.Write(directory.Path, "file", 10_000, seed: 2);
        foreach (var python in await InterpretersAsync(directory))
        {
            var form = await SignAsync(python, directory, bucket, "k", "s3v4", "{}", """[["content-length-range", 1, 9999]]""");
            await AssertRefusedAsync(form, 400, "EntityTooLarge");
            form = await SignAsync(python, directory, bucket, "k", "s3v4", "{}");
            await AssertRefusedAsync(form with { Fields = new(form.Fields) { ["key"] = "another" } }, 403, "AccessDenied");
            await AssertRefusedAsync(form with { Fields = new(form.Fields) { ["x-amz-meta-unsigned"] = "x" } }, 403, "AccessDenied");
            await AssertRefusedAsync(form with { Fields = new(form.Fields) { ["x-amz-signature"] = new string('0', 64) } }, 403, "SignatureDoesNotMatch");
            (await http.GetAsync($"/{bucket}/k")).ShouldBe(404);
            Assert.Equal(204, (await SendAsync(directory, form, file)).Status);
            (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
            await http.DeleteAsync($"/{bucket}/k");
        }

        async Task AssertRefusedAsync(Form form, int status, string code)
        {
            var (got, answer) = await SendAsync(directory, form, file);
            Assert.True(got == status && answer.Contains($"<Code>{code}</Code>", StringComparison.Ordinal), $"{got}: {answer}");
        }
    }

    [Theory]
    [InlineData("", 204)]
    [InlineData("http://127.0.0.1:9/done", 303)]
    public async Task The_next_read_has_what_a_form_overwrote(string redirect, int status)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var bucket = await NewBucketAsync();
        var python = (await InterpretersAsync(directory))[0];
        var fields = redirect.Length > 0 ? $$"""{"success_action_redirect":"{{redirect}}"}""" : "{}";
        var form = await SignAsync(python, directory, bucket, "k", "s3v4", fields);
        for (var revision = 0; revision < 10; revision++)
        {
            var file = Files.Write(directory.Path, "file", 5000, seed: revision);
            var (got, answer) = await SendAsync(directory, form, file);
            Assert.True(got == status, $"{got}: {answer}");
            var read = (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            Assert.True(read.Body.AsSpan().SequenceEqual(content), $"revision {revision} is not what was read: {read["Cache-Status"]}");
        }
    }

    private async Task<string> NewBucketAsync()
    {
        var bucket = deployment.NewBucketName();
        using var s3 = SdkClient.Create(deployment.Bootstrap);
        await s3.PutBucketAsync(bucket, Cancellation);
        return bucket;
    }

    /// <summary>Those with boto3.</summary>
    private async Task<List<ClientTool>> InterpretersAsync(TempDirectory directory)
    {
        Assert.SkipUnless(ClientTool.Find("curl").Count > 0, "curl is not installed");
        var found = new List<ClientTool>();
        foreach (var python in ClientTool.Find("python3").Select(p => deployment.Tool(p, directory.Path)))
        {
            if ((await python.TryRunAsync(Cancellation, "-c", "import boto3")).ExitCode == 0)
            {
                found.Add(python);
            }
        }

        Assert.SkipUnless(found.Count > 0, "boto3 is not installed");
        return found;
    }

    private static async Task<Form> SignAsync(
        ClientTool python, TempDirectory directory, string bucket, string key, string version, string fields, string conditions = "[]")
    {
        var script = Path.Combine(directory.Path, "sign.py");
        await File.WriteAllTextAsync(script, Script, Cancellation);
        return JsonSerializer.Deserialize<Form>(await python.RunAsync(Cancellation, script, bucket, key, version, fields, conditions), JsonSerializerOptions.Web)!;
    }

    private async Task<(int Status, string Answer)> SendAsync(TempDirectory directory, Form form, string file)
    {
        var curl = deployment.Tool(ClientTool.Find("curl")[0], directory.Path);
        var answer = Path.Combine(directory.Path, "answer");
        File.Delete(answer);
        var status = await curl.RunAsync(Cancellation,
            ["-sS", "-o", answer, "-w", "%{http_code}", .. form.Fields.SelectMany(f => new[] { "--form-string", $"{f.Key}={f.Value}" }), "-F", "file=@" + file, form.Url]);
        return (int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), File.Exists(answer) ? await File.ReadAllTextAsync(answer, Cancellation) : string.Empty);
    }

    private sealed record Form(string Url, Dictionary<string, string> Fields);
}
