using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Revocation;

/// <summary>The kinds of changes that take access away.</summary>
internal sealed class AccessChanges(RevocationDeployment deployment, CancellationToken cancellation)
{
    private const string Path = $"/{RevocationDeployment.Bucket}/{RevocationDeployment.Key}";

    /// <summary>How many temporary keys are exchanged from a token that is to be revoked.</summary>
    private const int KeysOfToken = 3;

    private const string Resource = $"arn:aws:s3:::{RevocationDeployment.Bucket}/*";

    /// <summary>Every kind by its name.</summary>
    public IReadOnlyList<(string Name, Func<Task<AccessChange>> PrepareAsync)> All =>
    [
        ("access key revoked", () => KeyAsync("access-key", static (id, _) => $$"""{"accessKey":"{{id}}"}""")),
        ("principal's keys revoked", () => KeyAsync("principal", static (_, principal) => $$"""{"principalName":"{{principal}}"}""")),
        ("access policy denies", AccessPolicyAsync),
        ("bucket policy denies", () => Task.FromResult(BucketPolicyDenies())),
        ("public bucket policy deleted", PublicPolicyAsync),
        ("object made private", PublicObjectAsync),
        ("API token revoked", TokenAsync),
        ("organization suspended", () => Task.FromResult(Suspension())),
    ];

    private async Task<AccessChange> KeyAsync(string endpoint, Func<string, string, string> document)
    {
        var key = await deployment.ControlAsync(HttpMethod.Post, "/v1/cwobject/access-key", """{"durationSeconds":0}""", cancellation);
        var (id, principal) = (key.GetProperty("accessKeyId").GetString()!, key.GetProperty("principalName").GetString()!);
        var signer = new SigV4Signer(id, key.GetProperty("secretKey").GetString()!, "us-east-1", TimeProvider.System);
        return new AccessChange(
            [edge => Signed(edge, signer)],
            () => deployment.ControlAsync(HttpMethod.Post, "/v1/cwobject/revoke-access-key/" + endpoint, document(id, principal), cancellation),
            static () => Task.CompletedTask);
    }

    private Task<AccessChange> AccessPolicyAsync() => Task.FromResult(new AccessChange(
        [edge => Signed(edge, deployment.Signer)],
        () => deployment.ControlAsync(
            HttpMethod.Post,
            "/v1/cwobject/access-policy",
            """{"policy":{"version":"v1alpha1","name":"deny","statements":[{"name":"no-reads","effect":"Deny","actions":["s3:GetObject"],"resources":["*"],"principals":["*"]}]}}""",
            cancellation),
        () => deployment.ControlAsync(HttpMethod.Delete, "/v1/cwobject/access-policy/deny", null, cancellation)));

    private AccessChange BucketPolicyDenies() => new(
        [edge => Signed(edge, deployment.Signer)],
        () => deployment.S3Async(HttpMethod.Put, $"/{RevocationDeployment.Bucket}?policy", Policy("Deny"), cancellation),
        () => deployment.S3Async(HttpMethod.Delete, $"/{RevocationDeployment.Bucket}?policy", null, cancellation));

    private async Task<AccessChange> PublicPolicyAsync()
    {
        await deployment.S3Async(HttpMethod.Put, $"/{RevocationDeployment.Bucket}?policy", Policy("Allow"), cancellation);
        return new AccessChange(
            [Anonymous],
            () => deployment.S3Async(HttpMethod.Delete, $"/{RevocationDeployment.Bucket}?policy", null, cancellation),
            static () => Task.CompletedTask);
    }

    private async Task<AccessChange> PublicObjectAsync()
    {
        await deployment.S3Async(HttpMethod.Put, Path + "?acl", null, cancellation, ("x-amz-acl", "public-read"));
        return new AccessChange(
            [Anonymous],
            () => deployment.S3Async(HttpMethod.Put, Path + "?acl", null, cancellation, ("x-amz-acl", "private")),
            static () => Task.CompletedTask);
    }

    /// <summary>A token's end is the end of every temporary key that was exchanged from it.</summary>
    private async Task<AccessChange> TokenAsync()
    {
        var token = await deployment.ControlAsync(HttpMethod.Post, "/v1/cwobject/api-token", """{"name":"exchanged","admin":false}""", cancellation);
        var (id, secret) = (token.GetProperty("id").GetString()!, token.GetProperty("token").GetString()!);
        var reads = new List<Func<Uri, HttpRequestMessage>>();
        for (var i = 0; i < KeysOfToken; i++)
        {
            var key = await deployment.ControlAsync(HttpMethod.Get, "/v1/cwobject/temporary-credentials/api-token", null, cancellation, secret);
            var signer = new SigV4Signer(
                key.GetProperty("AccessKeyId").GetString()!, key.GetProperty("SecretAccessKey").GetString()!, "us-east-1", TimeProvider.System);
            var session = key.GetProperty("Token").GetString()!;
            reads.Add(edge => Signed(edge, signer, session));
        }

        return new AccessChange(
            reads,
            () => deployment.ControlAsync(HttpMethod.Delete, "/v1/cwobject/api-token/" + id, null, cancellation),
            static () => Task.CompletedTask);
    }

    private AccessChange Suspension()
    {
        return new AccessChange([edge => Signed(edge, deployment.Signer)], () => SetAsync("suspend"), () => SetAsync("resume"));

        Task SetAsync(string state) => deployment.OperateAsync(
            HttpMethod.Post, $"/v1/operator/organizations/{RevocationDeployment.Organization}/{state}", cancellation);
    }

    private static byte[] Policy(string effect) => Encoding.UTF8.GetBytes(
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"{{effect}}","Principal":"*","Action":"s3:GetObject","Resource":"{{Resource}}"}]}""");

    private static HttpRequestMessage Anonymous(Uri edge) => new(HttpMethod.Get, new Uri(edge, Path));

    private static HttpRequestMessage Signed(Uri edge, SigV4Signer signer, string? sessionToken = null)
    {
        var request = Anonymous(edge);
        if (sessionToken is not null)
        {
            request.Headers.Add("x-amz-security-token", sessionToken);
        }

        signer.Sign(request);
        return request;
    }
}
