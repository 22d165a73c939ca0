using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Iam;

/// <summary>A question to <see cref="AccessEvaluator"/>.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">For what, e.g. <c>s3:GetObject</c>.</param>
/// <param name="Bucket">In which bucket; null only for actions without a bucket (CreateBucket, ListAllMyBuckets).</param>
/// <param name="Object">
/// On which object. <see cref="ObjectAccess.Absent"/> when it is known not to exist; null when it is not known or plays no part, in which case its ACL
/// allows nothing.
/// </param>
public readonly record struct AccessRequest(Principal Principal, string Action, BucketFacts? Bucket, ObjectAccess? Object = null);

/// <summary>An answer of <see cref="AccessEvaluator"/>.</summary>
/// <param name="Allowed">Whether the action may go on.</param>
/// <param name="Reason">Why, for logs: one of a few fixed sentences, without names or secrets.</param>
public sealed record AccessDecision(bool Allowed, string Reason);
