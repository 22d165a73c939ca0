using System.Collections.Immutable;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Authorization;

/// <summary>What every decision about one request is based on, read once.</summary>
/// <param name="Authenticated">Who asks.</param>
/// <param name="Organization">The caller's organization; null for callers without one.</param>
/// <param name="Conditions">What conditions are decided on.</param>
/// <param name="Exchange">The request, on which the decision is noted.</param>
internal sealed record DecisionBasis(
    AuthenticatedRequest Authenticated, OrganizationFacts? Organization, RequestConditions Conditions, S3Exchange Exchange)
{
    /// <summary>The conditions, with what the request's body says.</summary>
    public RequestConditions ConditionsWith(ImmutableSortedDictionary<string, string>? tags = null, string? locationConstraint = null) => new()
    {
        Now = Conditions.Now,
        Request = Conditions.Request,
        Query = Conditions.Query,
        ClientAddress = Conditions.ClientAddress,
        IsSecure = Conditions.IsSecure,
        TlsVersion = Conditions.TlsVersion,
        Signature = Conditions.Signature,
        LocationConstraint = locationConstraint,
        RequestTags = tags,
    };
}

/// <summary>What a decision is about.</summary>
/// <param name="Action">The action, e.g. <c>s3:GetObject</c>.</param>
/// <param name="BucketName">The bucket; empty for none.</param>
/// <param name="Key">The key; empty for none.</param>
/// <param name="Bucket">The bucket's facts, if there are any.</param>
/// <param name="Object">The object, where it plays a part.</param>
/// <param name="VersionId">The version addressed, where the query does not say it.</param>
internal readonly record struct DecisionTarget(
    string Action, string BucketName, string Key, BucketFacts? Bucket, ObjectAccess? Object = null, string? VersionId = null);
