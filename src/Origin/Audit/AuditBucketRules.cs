using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Audit;

/// <summary>
/// What holds for audit buckets beside all policies: the system alone makes them and writes to them, and only keys of the level <c>full</c> delete
/// from them, so that no workload's key can change or remove what it did.
/// </summary>
internal static class AuditBucketRules
{
    private static readonly AccessDecision s_written = new(false, "audit buckets are written by the system alone");
    private static readonly AccessDecision s_deleted = new(false, "only keys of the level full delete from audit buckets");

    /// <summary>The refusal of a request that was otherwise allowed; null when it may go on.</summary>
    public static S3Error? Check(AuthorizedRequest authorized, S3Exchange exchange)
    {
        var request = authorized.Authenticated.Request;
        if (!AuditBucket.IsNameOfOne(request.Bucket))
        {
            return null;
        }

        if (request.Operation == S3Operation.CreateBucket)
        {
            return new S3Error(S3ErrorCode.InvalidBucketName, $"Names that begin with {AuditBucket.Prefix} are reserved.", [new("BucketName", request.Bucket)]);
        }

        var action = S3Actions.For(request.Operation, versionIdGiven: false);
        var broken = action switch
        {
            "s3:PutObject" => s_written,
            "s3:DeleteObject" when authorized.Authenticated.Principal.Level != AccessLevel.Full => s_deleted,
            _ => null,
        };
        if (broken is null)
        {
            return null;
        }

        exchange.Note(new DecidedAction(action, broken));
        return S3ErrorCode.AccessDenied;
    }
}
