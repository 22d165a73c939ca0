using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// GetObject and HeadObject (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">S3 API</see>), for clients and for edges.
/// </summary>
internal static class ReadObject
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var method = context.Exchange.Request.Method;
        var version = Overtaken(context) ?? context.Authorized.Version;
        if (version is null)
        {
            if (context.VersionId is null)
            {
                context.SetHeader(S3ObjectHeaders.DeleteMarkerHeader, "false");
            }

            return NotFound(context);
        }

        var facts = WithReadableLock(context, version.Facts);

        // How the store encrypts with its own keys is no question to whoever reads.
        if (context.Header(EncryptionHeaders.ServerSide) is not null)
        {
            return EncryptionHeaders.KeyNotApplicable;
        }

        var key = CustomerKeyHeaders.Read(context);
        // Without a key the plan refuses, as at an edge.
        var isLeftToPlan = facts.IsDeleteMarker || (key.Value is null && facts.Encryption == ObjectEncryption.CustomerKey);
        if ((key.Error ?? (isLeftToPlan ? null : CustomerKeyHeaders.Check(facts, key.Value))) is { } wrongKey)
        {
            return wrongKey;
        }

        if (ResponseOverrides.TryParse(context.Query, context.Principal.Kind == PrincipalKind.Anonymous, out var overrides) is { } badOverride)
        {
            return badOverride;
        }

        if (GenerationDiffers(context, facts))
        {
            return new S3Error(S3ErrorCode.PreconditionFailed, Details: [new("Condition", EdgeCredential.GenerationHeader)]);
        }

        var plan = ObjectReadPlan.Make(facts, method, Conditions(context) with { CustomerKeyGiven = key.Value is not null });
        var checksumMode = string.Equals(context.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase);
        S3ObjectHeaders.Write(facts, plan, context.SetHeader, checksumMode);
        if (context.Authorized.Authenticated.IsEdgeRead)
        {
            context.SetHeader(EdgeCredential.GenerationHeader, facts.Generation.ToString());
        }

        if (plan.Error is not null)
        {
            return plan.Error;
        }

        if (plan.Status == StatusCodes.Status304NotModified)
        {
            context.Exchange.Respond(plan.Status);
            return null;
        }

        if (context.VersionId is null)
        {
            context.DescribeExpiration(facts);
        }

        CustomerKeyHeaders.Tell(context, facts.Encryption, key.Value);
        overrides.Apply(context.SetHeader);
        context.Response.StatusCode = plan.Status;
        context.Response.ContentLength = plan.Length;
        if (!plan.SendsBody || plan.Length == 0)
        {
            return null;
        }

        return await SegmentSender.SendAsync(context, version.Segments, key.Value, plan.Offset, plan.Length);
    }

    /// <summary>The error of a version that is not there.</summary>
    public static S3Error NotFound(OperationContext context) => context.VersionId is { } versionId
        ? new S3Error(S3ErrorCode.NoSuchVersion, Details: [new("Key", context.Request.Key), new("VersionId", versionId)])
        : new S3Error(S3ErrorCode.NoSuchKey, Details: [new("Key", context.Request.Key)]);

    /// <summary>The facts without what of the lock the caller may not read.</summary>
    private static VersionFacts WithReadableLock(OperationContext context, VersionFacts facts)
    {
        if (facts is { Retention: null, LegalHold: null })
        {
            return facts;
        }

        return facts with
        {
            Retention = facts.Retention is not null && May(S3Operation.GetObjectRetention) ? facts.Retention : null,
            LegalHold = facts.LegalHold is not null && May(S3Operation.GetObjectLegalHold) ? facts.LegalHold : null,
        };

        bool May(S3Operation operation) => Authorizer.Allows(
            context.Authorized.Basis,
            new DecisionTarget(
                S3Actions.For(operation, versionIdGiven: false), facts.Bucket, facts.Key, context.Bucket.Facts, ObjectAccess.Of(facts)));
    }

    /// <summary>
    /// The version that an edge goes on reading after its end: its client's answer has begun with it, and must not change or break in the middle.
    /// </summary>
    private static StoredVersion? Overtaken(OperationContext context) =>
        context.Request.Operation == S3Operation.GetObject && context.Authorized.Authenticated.IsEdgeRead &&
        Generation.TryParse(context.Header(EdgeCredential.GenerationHeader), out var wanted) && wanted != context.Authorized.Version?.Facts.Generation
            ? context.Catalog.Versions.FindPast(context.Request.Bucket, context.Request.Key, wanted)
            : null;

    private static bool GenerationDiffers(OperationContext context, VersionFacts facts) =>
        context.Authorized.Authenticated.IsEdgeRead && context.Header(EdgeCredential.GenerationHeader) is { } wanted && wanted != facts.Generation.ToString();

    private static ObjectReadConditions Conditions(OperationContext context) => new()
    {
        IfMatch = context.Header("If-Match"),
        IfNoneMatch = context.Header("If-None-Match"),
        IfModifiedSince = context.Header("If-Modified-Since"),
        IfUnmodifiedSince = context.Header("If-Unmodified-Since"),
        Range = context.Header("Range"),
        IfRange = context.Header("If-Range"),
        PartNumber = context.Query.Get("partNumber"),
        VersionIdGiven = context.VersionId is not null,
    };
}
