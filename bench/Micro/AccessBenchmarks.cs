using System.Net;
using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Micro;

/// <summary>
/// What an edge does for a hit before it looks at the cache: prove the signature of a ranged GET, and decide it by a bucket policy of 20 statements and the
/// organization's access policies.
/// </summary>
[MemoryDiagnoser]
public class AccessBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    private readonly RangedGet _request = new();
    private readonly Principal _principal = new("coreweave/ann", "org-b", AccessLevel.ReadWrite, ["ml", "ops"], PrincipalKind.User);
    private readonly ObjectAccess _object = new("org-a", CannedAcl.Private);
    private SigningKey _key = null!;
    private OrganizationFacts _organization = null!;
    private BucketFacts _bucket = null!;

    [GlobalSetup]
    public void Setup()
    {
        _key = SigningKey.Derive("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", new SigV4Scope("20260101", "us-east-1", "s3"));
        _request.Sign(_key);
        var access = """
            {"version":"v1alpha1","name":"p","statements":[
              {"name":"readers","effect":"Allow","actions":["s3:Get*","s3:List*"],"resources":["*"],"principals":["coreweave/*"]},
              {"name":"office","effect":"Deny","actions":["s3:*"],"resources":["*"],"principals":["*"],
               "conditions":{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}}}]}
            """;
        _organization = new OrganizationFacts { Id = "org-b", Policies = [Parsed(access)] };

        // 20 statements that all concern GetObject, of which only the last allows this caller.
        var statements = Enumerable.Range(0, 19).Select(i => (i % 4) switch
        {
            0 => $$"""{"Sid":"s{{i}}","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::models/secret-{{i}}/*"}""",
            1 => $$"""{"Sid":"s{{i}}","Effect":"Allow","Principal":{"AWS":["org-{{i}}","arn:aws:iam::org-b:user/saml/dev{{i}}"]},""" +
                """
                "Action":"s3:Get*","Resource":"arn:aws:s3:::models/*"}
                """,
            2 => $$"""{"Sid":"s{{i}}","Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":"arn:aws:s3:::models/*/shard-*.bin"}""",
            _ => $$"""{"Sid":"s{{i}}","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::models/*",""" +
                $$$"""
                "Condition":{"StringLike":{"aws:Referer":["https://evil{{{i}}}.example/*"]},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"} } }
                """,
        }).Append(
            """
            {"Sid":"last","Effect":"Allow","Principal":{"AWS":"org-b"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::models/llama/*",
             "Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]},"StringLike":{"aws:UserAgent":"Boto3/*"}}}
            """);
        var json = $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";
        if (BucketPolicy.TryParse(json, "models", out var policy) is { } problem)
        {
            throw new InvalidOperationException(problem.ToString());
        }

        _bucket = new BucketFacts("models", "ORD1", "org-a", CannedAcl.Private, BucketVersioning.Unversioned, Now, 1) { Policy = policy };
        if (VerifyAndDecide() is not AccessDecision { Allowed: true, Statement: "last" } || policy!.Statements.Length != 20)
        {
            throw new InvalidOperationException($"The benchmark's own request is not allowed: {VerifyAndDecide()}.");
        }
    }

    /// <summary>All of it: parse the signature, verify it, decide.</summary>
    [Benchmark]
    public object? VerifyAndDecide()
    {
        SigV4Parser.TryParse(_request, out var claim);
        return (object?)SigV4Verifier.Verify(_request, claim!, _key, Now) ?? Decide(claim);
    }

    /// <summary>The decision alone, with the object that conditions are read from.</summary>
    [Benchmark]
    public AccessDecision Decide() => Decide(null);

    /// <summary>The signature alone.</summary>
    [Benchmark]
    public object? ParseAndVerify()
    {
        SigV4Parser.TryParse(_request, out var claim);
        return SigV4Verifier.Verify(_request, claim!, _key, Now);
    }

    private AccessDecision Decide(SigV4Claim? claim) => AccessEvaluator.Evaluate(new AccessRequest
    {
        Principal = _principal,
        Action = "s3:GetObject",
        Organization = _organization,
        BucketName = "models",
        Key = "llama/model-00001-of-00008.safetensors",
        Bucket = _bucket,
        Object = _object,
        Conditions = new RequestConditions { Now = Now, Request = _request, Query = S3Query.Empty, ClientAddress = Client, Signature = claim },
    });

    private static AccessPolicy Parsed(string json) =>
        AccessPolicy.TryParse(json, out var policy) is { } problem ? throw new InvalidOperationException(problem.ToString()) : policy!;
}
