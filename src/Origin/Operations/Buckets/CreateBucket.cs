using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Buckets;

/// <summary>
/// CreateBucket (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html">S3 API</see>). The name is reserved in the deployment's
/// directory before the bucket is made here; a reservation left over from a failure between the two serves its owner's next attempt.
/// </summary>
internal static class CreateBucket
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        if (CannedAcls.TryParseHeaders(context.Header, out var acl) is { } badAcl)
        {
            return badAcl;
        }

        if (string.Equals(context.Header("x-amz-bucket-object-lock-enabled"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return new S3Error(S3ErrorCode.NotImplemented, Details: [new("Header", "x-amz-bucket-object-lock-enabled")]);
        }

        var configuration = await DocumentReader.ReadAsync<CreateBucketConfiguration>(context, CreateBucketConfiguration.ReadAsync);
        if (!configuration.Succeeded)
        {
            return configuration.Error;
        }

        if (CheckLocation(context, configuration.Value.LocationConstraint) is { } badLocation)
        {
            return badLocation;
        }

        return await CreateAsync(context, new NewBucket(context.Request.Bucket, context.Principal.OrganizationId, acl));
    }

    private static async Task<S3Error?> CreateAsync(OperationContext context, NewBucket bucket)
    {
        var region = context.Services.Options.Region;
        var reservation = await context.Services.Directory.ReserveAsync(bucket.Name, region, bucket.OwnerOrganizationId, context.Aborted);
        if (reservation.Outcome == ReservationOutcome.Unavailable)
        {
            return new S3Error(S3ErrorCode.ServiceUnavailable, "Bucket names can't be reserved at the moment.");
        }

        if (reservation is { Outcome: ReservationOutcome.Taken, Entry: { } holder } && (holder.OwnerOrganizationId != bucket.OwnerOrganizationId || holder.Region != region))
        {
            return holder.OwnerOrganizationId == bucket.OwnerOrganizationId ? S3ErrorCode.BucketAlreadyOwnedByYou : S3ErrorCode.BucketAlreadyExists;
        }

        var created = await context.Catalog.Buckets.CreateAsync(bucket, CancellationToken.None);
        if (created.Succeeded)
        {
            context.Committed(created.Value.Sequence);
            Answer(context);
            return null;
        }

        return created.Error.Code == S3ErrorCode.BucketAlreadyOwnedByYou ? await AnswerExistingAsync(context, bucket) : created.Error;
    }

    // To create again what one has, with the same settings, is no error, as in S3's oldest region; with others it would silently not apply them.
    private static async Task<S3Error?> AnswerExistingAsync(OperationContext context, NewBucket bucket)
    {
        var existing = await context.Catalog.Buckets.FindAsync(bucket.Name, context.Aborted);
        if (existing is null || existing.Facts.Acl != bucket.Acl)
        {
            return S3ErrorCode.BucketAlreadyExists;
        }

        Answer(context);
        return null;
    }

    private static void Answer(OperationContext context)
    {
        context.SetHeader("Location", "/" + context.Request.Bucket);
        context.Exchange.Respond(StatusCodes.Status200OK);
    }

    private static S3Error? CheckLocation(OperationContext context, string? location)
    {
        var options = context.Services.Options;
        if (context.Request.HostRegion is { } host && host != options.Region)
        {
            return Illegal(host);
        }

        if (string.IsNullOrEmpty(location) || location is "us-east-1" or "default" || location.Equals(options.Region, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return options.Regions.Contains(location, StringComparer.OrdinalIgnoreCase)
            ? Illegal(location)
            : new S3Error(S3ErrorCode.InvalidLocationConstraint, Details: [new("LocationConstraint", location)]);
    }

    private static S3Error Illegal(string location) => new(
        S3ErrorCode.IllegalLocationConstraintException,
        $"The {location} location constraint is incompatible for the region specific endpoint this request was sent to.");
}
