using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Access;

/// <summary>Reads the ACL of PutBucketAcl and PutObjectAcl: from the headers or from the body, never from both.</summary>
internal static class AclReader
{
    /// <summary>The ACL; its document must name the owner that the bucket or object has, who can't be changed so: AccessDenied otherwise.</summary>
    public static async Task<Outcome<GivenAcl>> ReadAsync(OperationContext context, string ownerId)
    {
        var headers = GivenAcl.ReadHeaders(context);
        if (!headers.Succeeded)
        {
            return headers.Error;
        }

        var body = await DocumentReader.ReadBytesAsync(context);
        if (body.Error is not null)
        {
            return body.Error;
        }

        if (body.Value.IsEmpty)
        {
            return headers.Value.IsGiven
                ? headers
                : new S3Error(S3ErrorCode.MissingSecurityHeader, "Your request was missing a required header", [new("MissingHeaderName", "x-amz-acl")]);
        }

        if (headers.Value.IsGiven)
        {
            return new S3Error(S3ErrorCode.UnexpectedContent);
        }

        using var stream = new MemoryStream(body.Value.ToArray(), writable: false);
        var (policy, error) = await AccessControlPolicy.ReadAsync(stream, context.Aborted);
        return policy is null ? error!
            : policy.OwnerId is { } owner && owner != ownerId ? new S3Error(S3ErrorCode.AccessDenied, "The owner of a bucket or object can't be changed by its ACL.")
            : new GivenAcl(CannedAcl.Private, policy.Grants, IsGiven: true);
    }
}
