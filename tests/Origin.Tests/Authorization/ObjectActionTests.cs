using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Origin.Tests.Authorization;

/// <summary>Each action of locks, encryption and rare operations: granted, its request is not refused; denied, it is, whatever else is granted.</summary>
public sealed class ObjectActionTests
{
    private const string Retention = "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>";
    private const string Encryption =
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";

    public static TheoryData<string, string, string, string?, string?> Requests => new()
    {
        { "s3:GetBucketObjectLockConfiguration", "GET", "/bucket-1?object-lock", null, null },
        { "s3:PutBucketObjectLockConfiguration", "PUT", "/bucket-1?object-lock", "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>", null },
        { "s3:GetObjectRetention", "GET", "/bucket-1/locked?retention", null, null },
        { "s3:PutObjectRetention", "PUT", "/bucket-1/k?retention", Retention, null },
        { "s3:GetObjectLegalHold", "GET", "/bucket-1/locked?legal-hold", null, null },
        { "s3:PutObjectLegalHold", "PUT", "/bucket-1/k?legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>", null },
        { "s3:BypassGovernanceRetention", "PUT", "/bucket-1/locked?retention", "<Retention/>", "x-amz-bypass-governance-retention=true" },
        { "s3:GetEncryptionConfiguration", "GET", "/bucket-1?encryption", null, null },
        { "s3:PutEncryptionConfiguration", "PUT", "/bucket-1?encryption", Encryption, null },
        { "s3:PutEncryptionConfiguration", "DELETE", "/bucket-1?encryption", null, null },
        { "s3:GetObjectTorrent", "GET", "/bucket-1/k?torrent", null, null },
        { "s3:RestoreObject", "POST", "/bucket-1/k?restore", "", null },
        { "s3:GetObject", "POST", "/bucket-1/k?select&select-type=2", "", null },
        { "s3:PutObject", "PUT", "/bucket-1/new?renameObject", null, "x-amz-rename-source=k" },
        { "s3:DeleteObject", "PUT", "/bucket-1/new?renameObject", null, "x-amz-rename-source=k" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task An_action_is_done_when_granted_and_refused_when_denied(string action, string method, string path, string? body, string? header)
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        (await client.SendAsync(HttpMethod.Put, "/bucket-1", headers: [("x-amz-bucket-object-lock-enabled", "true")])).ShouldBe(HttpStatusCode.OK);
        await client.PutAsync("/bucket-1?encryption", Encryption);
        await client.PutAsync("/bucket-1/k", "x");
        (await client.PutAsync(
            "/bucket-1/locked", "x", ("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-object-lock-retain-until-date", "2099-01-01T00:00:00Z"),
            ("x-amz-object-lock-legal-hold", "ON"), ("Content-MD5", Convert.ToBase64String(MD5.HashData("x"u8))))).ShouldBe(HttpStatusCode.OK);

        await client.PutAsync(
            "/bucket-1?policy",
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"{{action}}","Resource":["arn:aws:s3:::bucket-1","arn:aws:s3:::bucket-1/*"]}]}""");
        (await SendAsync()).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await client.DeleteAsync("/bucket-1?policy")).ShouldBe(HttpStatusCode.NoContent);
        Assert.NotEqual("AccessDenied", (await SendAsync()).ErrorCodeOrNull());

        Task<S3Answer> SendAsync() => client.SendAsync(
            new HttpMethod(method), path, body is null ? null : Encoding.UTF8.GetBytes(body), header is null ? [] : [(header.Split('=')[0], header.Split('=')[1])]);
    }
}

file static class Answers
{
    // A torrent is no document.
    public static string? ErrorCodeOrNull(this S3Answer answer) => (int)answer.Status >= 400 ? answer.ErrorCode : null;
}
