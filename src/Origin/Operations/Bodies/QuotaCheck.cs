using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>
/// The quota of the bucket's owner in this region. It is asked twice: here before a body is taken, so that nobody sends one in vain, and by the catalog
/// in the transaction that counts, which alone decides. Bodies that arrive together may all pass here, but no more is ever counted than the quota.
/// </summary>
internal static class QuotaCheck
{
    /// <summary>Asks before a body is taken.</summary>
    /// <param name="context">The request.</param>
    /// <param name="length">How long the body will be, in bytes; null when that is not said.</param>
    /// <param name="findReplaced">Finds out how many bytes of what is there will be replaced; asked only when it matters.</param>
    /// <returns>QuotaExceeded, ServiceUnavailable when the quota is not known, or the quota to give the catalog.</returns>
    public static async ValueTask<(S3Error? Error, long QuotaBytes)> AskAsync(OperationContext context, long? length, Func<Task<long>> findReplaced)
    {
        var owner = context.Bucket.Facts.OwnerOrganizationId;
        var reply = await context.Services.Organizations.FindAsync(owner);
        if (!reply.IsKnown)
        {
            return (new S3Error(S3ErrorCode.ServiceUnavailable, "The quota can't be read at the moment."), 0);
        }

        var quota = reply.Facts is { } facts
            ? facts.QuotaBytes.GetValueOrDefault(context.Services.Options.Region, facts.DefaultQuotaBytes)
            : OrganizationFacts.StandardQuotaBytes;
        if (length is not > 0 || await context.Catalog.Usage.BytesAsync(owner, context.Aborted) is var used && used + length <= quota)
        {
            return (null, quota);
        }

        var growth = length.Value - await findReplaced();
        return (growth > 0 && used + growth > quota ? S3ErrorCode.QuotaExceeded : null, quota);
    }

    /// <summary>How many bytes an object put in this request's place replaces.</summary>
    public static async Task<long> ReplacedObjectAsync(OperationContext context)
    {
        if (context.Bucket.Facts.Versioning == BucketVersioning.Enabled)
        {
            return 0;
        }

        var found = await context.Catalog.Versions.FindAsync(context.Bucket.Id, context.Request.Key, "null", withSegments: false, context.Aborted);
        return found.Version?.Facts.Size ?? 0;
    }

    /// <summary>How many bytes a part of that number replaces.</summary>
    public static async Task<long> ReplacedPartAsync(OperationContext context, string uploadId, int partNumber)
    {
        var parts = await context.Catalog.Uploads.ListPartsAsync(
            context.Bucket.Id, context.Request.Key, uploadId, partNumber - 1, max: 1, context.Aborted);
        return parts.Succeeded && parts.Value.Parts is [{ } part] && part.PartNumber == partNumber ? part.Size : 0;
    }
}
