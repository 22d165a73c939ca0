using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;
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
        if (context.Principal.Kind == PrincipalKind.Anonymous)
        {
            // A bucket needs an owner. No policy can change that, so nobody need send the body for the decision.
            return S3ErrorCode.AccessDenied;
        }

        var acl = GivenAcl.ReadHeaders(context);
        if (!acl.Succeeded)
        {
            return acl.Error;
        }

        if (ReadOwnership(context, acl.Value, out var ownership) is { } badOwnership)
        {
            return badOwnership;
        }

        var configuration = await DocumentReader.ReadAsync<CreateBucketConfiguration>(context, CreateBucketConfiguration.ReadAsync);
        if (!configuration.Succeeded)
        {
            return configuration.Error;
        }

        var target = new DecisionTarget(S3Actions.For(S3Operation.CreateBucket, versionIdGiven: false), context.Request.Bucket, string.Empty, Bucket: null);
        var conditions = context.Authorized.Basis.ConditionsWith(locationConstraint: configuration.Value.LocationConstraint);
        if ((context.Decide(target, conditions) ?? await AclRules.CheckAsync(context, acl.Value, bucket: null, ofObject: false)) is { } refused)
        {
            return refused;
        }

        var hasLock = string.Equals(context.Header(ObjectLockHeaders.BucketEnabled), "true", StringComparison.OrdinalIgnoreCase);
        if (hasLock && DecideLock(context) is { } mayNotLock)
        {
            return mayNotLock;
        }

        if (CheckLocation(context, configuration.Value.LocationConstraint) is { } badLocation)
        {
            return badLocation;
        }

        return await CreateAsync(context, new NewBucket(context.Request.Bucket, context.Principal.OrganizationId, acl.Value.Canned, acl.Value.Grants, ownership, hasLock));
    }

    // Whoever has its bucket made with object lock sets its versioning and lock too, and needs to be allowed to.
    private static S3Error? DecideLock(OperationContext context)
    {
        var bucket = new BucketFacts(
            context.Request.Bucket, context.Services.Options.Region, context.Principal.OrganizationId, CannedAcl.Private, BucketVersioning.Unversioned,
            context.Services.Time.GetUtcNow(), AsOfSequence: 0);
        return Decide(S3Operation.PutBucketVersioning) ?? Decide(S3Operation.PutObjectLockConfiguration);

        S3Error? Decide(S3Operation operation) =>
            context.Decide(new DecisionTarget(S3Actions.For(operation, versionIdGiven: false), bucket.Name, string.Empty, bucket));
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
        if (existing is null || !SameAccess(existing.Facts, bucket))
        {
            return S3ErrorCode.BucketAlreadyExists;
        }

        Answer(context);
        return null;
    }

    private static bool SameAccess(BucketFacts existing, NewBucket wanted) =>
        existing.Acl == wanted.Acl && existing.Ownership == wanted.Ownership && existing.HasObjectLock == wanted.HasObjectLock &&
        (existing.Grants is { } grants ? wanted.Grants is { } same && grants.SequenceEqual(same) : wanted.Grants is null);

    private static S3Error? ReadOwnership(OperationContext context, GivenAcl acl, out ObjectOwnership? ownership)
    {
        ownership = null;
        if (context.Header(OwnershipControls.Header) is not { } name)
        {
            return null;
        }

        if (!OwnershipControls.TryParseName(name, out var parsed))
        {
            return new S3Error(S3ErrorCode.InvalidArgument, Details: [new("ArgumentName", OwnershipControls.Header), new("ArgumentValue", name)]);
        }

        ownership = parsed;
        return parsed == ObjectOwnership.BucketOwnerEnforced && (acl.Grants is not null || acl.Canned != CannedAcl.Private)
            ? S3ErrorCode.InvalidBucketAclWithObjectOwnership
            : null;
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
