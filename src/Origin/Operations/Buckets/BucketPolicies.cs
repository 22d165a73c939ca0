using System.Text;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy and GetBucketPolicyStatus
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html">S3 API</see>).
/// </summary>
internal static class BucketPolicies
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<S3Error?> GetAsync(OperationContext context)
    {
        if (context.Bucket.Facts.Policy is not { } policy)
        {
            return None(context);
        }

        await context.Exchange.RespondAsync(StatusCodes.Status200OK, "application/json", StrictUtf8.GetBytes(policy.Json));
        return null;
    }

    public static async Task<S3Error?> GetStatusAsync(OperationContext context)
    {
        // Without a policy nothing is public by one, but it may be by the ACL.
        var facts = context.Bucket.Facts;
        var isPublic = facts.Policy?.IsPublic == true || new GivenAcl(facts.Acl, facts.Grants, IsGiven: true).IsPublic;
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, PolicyStatus.Write(isPublic));
        return null;
    }

    public static async Task<S3Error?> PutAsync(OperationContext context)
    {
        var document = await DocumentReader.ReadBytesAsync(context);
        if (document.Error is not null)
        {
            return document.Error;
        }

        var parsed = Parse(context, document.Value);
        if (parsed.Policy is not { } policy)
        {
            return parsed.Error;
        }

        if (policy.IsPublic && context.Bucket.Facts.PublicAccess is { BlockPublicPolicy: true })
        {
            return new S3Error(S3ErrorCode.AccessDenied, "Public policies are blocked by the bucket's public access block.");
        }

        return BucketChange.Answer(
            context, await context.Catalog.Buckets.SetPolicyAsync(context.Bucket.Id, policy, CancellationToken.None), StatusCodes.Status204NoContent);
    }

    public static async Task<S3Error?> DeleteAsync(OperationContext context) =>
        BucketChange.Answer(
            context, await context.Catalog.Buckets.SetPolicyAsync(context.Bucket.Id, null, CancellationToken.None), StatusCodes.Status204NoContent);

    private static (BucketPolicy? Policy, S3Error? Error) Parse(OperationContext context, ReadOnlyMemory<byte> document)
    {
        if (document.IsEmpty)
        {
            return (null, new S3Error(S3ErrorCode.MissingRequestBodyError));
        }

        if (document.Length > BucketPolicy.MaxBytes)
        {
            return (null, Malformed($"The policy is longer than {BucketPolicy.MaxBytes} bytes."));
        }

        try
        {
            var json = StrictUtf8.GetString(document.Span);
            return BucketPolicy.TryParse(json, context.Request.Bucket, out var policy) is { } problem
                ? (null, Malformed(problem.Statement is { } statement ? $"{statement}: {problem.Message}" : problem.Message))
                : (policy, null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Malformed("The policy is not UTF-8."));
        }
    }

    private static S3Error Malformed(string message) => new(S3ErrorCode.MalformedPolicy, message);

    private static S3Error None(OperationContext context) => new(S3ErrorCode.NoSuchBucketPolicy, Details: [new("BucketName", context.Request.Bucket)]);
}
