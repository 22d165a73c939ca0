using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>Object lock by aws-cli through the edge: what is locked stays, and a cached hit tells of the lock whoever may read it.</summary>
public sealed class ObjectLockTests(SharedDeployment deployment)
{
    private const string Mode = "x-amz-object-lock-mode";
    private const string RetainUntil = "x-amz-object-lock-retain-until-date";
    private const string LegalHold = "x-amz-object-lock-legal-hold";
    private const string GovernanceForADay = """{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":1}}}""";

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task A_locked_version_goes_when_its_lock_does(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "file", 40_000, seed: 1);
        await aws.ApiAsync("create-bucket", "--bucket", bucket, "--object-lock-enabled-for-bucket");
        await aws.ApiAsync("put-object-lock-configuration", "--bucket", bucket, "--object-lock-configuration", GovernanceForADay);
        var rule = (await aws.ApiAsync("get-object-lock-configuration", "--bucket", bucket)).GetProperty("ObjectLockConfiguration").GetProperty("Rule");
        Assert.Equal(1, rule.GetProperty("DefaultRetention").GetProperty("Days").GetInt32());

        var version = (await aws.ApiAsync("put-object", "--bucket", bucket, "--key", "k", "--body", file)).GetProperty("VersionId").GetString()!;
        string[] named = ["--bucket", bucket, "--key", "k", "--version-id", version];
        var until = (await aws.ApiAsync(["get-object-retention", .. named])).GetProperty("Retention").GetProperty("RetainUntilDate").GetDateTimeOffset();
        await http.GetAsync($"/{bucket}/k");
        var hit = (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
        Assert.Equal(("HIT", "GOVERNANCE", null), (hit.Cache, hit[Mode], hit[LegalHold]));
        Assert.Equal(until.ToUnixTimeSeconds(), DateTimeOffset.Parse(hit[RetainUntil]!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds());
        await aws.RefusedAsync("AccessDenied", ["delete-object", .. named]);

        await aws.ApiAsync(["put-object-legal-hold", .. named, "--legal-hold", "Status=ON"]);
        Assert.Equal("ON", (await aws.ApiAsync(["get-object-legal-hold", .. named])).GetProperty("LegalHold").GetProperty("Status").GetString());
        var held = (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
        Assert.Equal(("HIT", "ON"), (held.Cache, held[LegalHold]));
        await aws.RefusedAsync("AccessDenied", ["delete-object", .. named, "--bypass-governance-retention"]);
        await aws.ApiAsync(["put-object-legal-hold", .. named, "--legal-hold", "Status=OFF"]);
        Assert.Equal("OFF", (await http.GetAsync($"/{bucket}/k")).ShouldBe(200)[LegalHold]);

        await aws.ApiAsync(["delete-object", .. named, "--bypass-governance-retention"]);
        Assert.Contains("NoSuchKey", (await http.GetAsync($"/{bucket}/k")).ShouldBe(404).Text, StringComparison.Ordinal);
        (await http.GetAsync($"/{bucket}/k?versionId={version}")).ShouldBe(404);
    }

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task Compliance_is_neither_bypassed_nor_shortened(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "file", 1000, seed: 2);
        await aws.ApiAsync("create-bucket", "--bucket", bucket, "--object-lock-enabled-for-bucket");
        var version = (await aws.ApiAsync("put-object", "--bucket", bucket, "--key", "k", "--body", file)).GetProperty("VersionId").GetString()!;
        string[] named = ["--bucket", bucket, "--key", "k", "--version-id", version];
        Assert.Null((await http.GetAsync($"/{bucket}/k")).ShouldBe(200)[Mode]);

        await aws.ApiAsync(["put-object-retention", .. named, "--retention", """{"Mode":"COMPLIANCE","RetainUntilDate":"2090-01-02T03:04:05Z"}"""]);
        Assert.Equal("COMPLIANCE", (await http.GetAsync($"/{bucket}/k")).ShouldBe(200)[Mode]);
        await aws.RefusedAsync("AccessDenied", ["delete-object", .. named, "--bypass-governance-retention"]);
        const string Shorter = """{"Mode":"COMPLIANCE","RetainUntilDate":"2080-01-01T00:00:00Z"}""";
        await aws.RefusedAsync("AccessDenied", ["put-object-retention", .. named, "--bypass-governance-retention", "--retention", Shorter]);
        await aws.ApiAsync(["put-object-retention", .. named, "--retention", """{"Mode":"COMPLIANCE","RetainUntilDate":"2091-01-01T00:00:00Z"}"""]);
        Assert.StartsWith("2091-01-01", (await http.HeadAsync($"/{bucket}/k")).ShouldBe(200)[RetainUntil], StringComparison.Ordinal);

        await aws.ApiAsync("delete-object", "--bucket", bucket, "--key", "k");
        (await http.GetAsync($"/{bucket}/k")).ShouldBe(404);
        Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), (await http.GetAsync($"/{bucket}/k?versionId={version}")).ShouldBe(200).Body);
    }

    [Theory]
    [MemberData(nameof(AwsCliTests.Installed), MemberType = typeof(AwsCliTests))]
    public async Task A_hit_tells_of_the_lock_only_who_may_read_it(string path)
    {
        using var directory = new TempDirectory();
        using var http = new SignedHttp(deployment.Bootstrap);
        var aws = AwsCli.Create(path, deployment.Bootstrap, directory.Path);
        var bucket = deployment.NewBucketName();
        var file = Files.Write(directory.Path, "file", 40_000, seed: 3);
        await aws.ApiAsync("create-bucket", "--bucket", bucket, "--object-lock-enabled-for-bucket");
        await aws.ApiAsync("put-object", "--bucket", bucket, "--key", "k", "--body", file, "--object-lock-legal-hold-status", "ON",
            "--object-lock-mode", "GOVERNANCE", "--object-lock-retain-until-date", "2090-01-01T00:00:00Z");

        await AllowAsync("s3:GetObject");
        (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
        await AssertSeesAsync(mode: null, hold: null);
        await AllowAsync("s3:GetObject\",\"s3:GetObjectLegalHold");
        await AssertSeesAsync(mode: null, hold: "ON");
        await AllowAsync("s3:GetObject\",\"s3:GetObjectRetention");
        await AssertSeesAsync("GOVERNANCE", hold: null);
        var owner = (await http.GetAsync($"/{bucket}/k")).ShouldBe(200);
        Assert.Equal(("HIT", "GOVERNANCE", "ON"), (owner.Cache, owner[Mode], owner[LegalHold]));

        async Task AssertSeesAsync(string? mode, string? hold)
        {
            var anonymous = (await http.GetUnsignedAsync($"/{bucket}/k")).ShouldBe(200);
            Assert.Equal(("HIT", mode, hold), (anonymous.Cache, anonymous[Mode], anonymous[LegalHold]));
            Assert.Equal(mode is null, anonymous[RetainUntil] is null);
        }

        Task AllowAsync(string actions) => aws.ApiAsync("put-bucket-policy", "--bucket", bucket, "--policy",
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["{{actions}}"],"Resource":"arn:aws:s3:::{{bucket}}/*"}]}""");
    }
}
