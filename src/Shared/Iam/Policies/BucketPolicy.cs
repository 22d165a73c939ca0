using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Iam.Policies;

/// <summary>
/// A bucket policy (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html">bucket policies</see>), version 2012-10-17:
/// validated and compiled once, immutable, compared by its text.
/// </summary>
[JsonConverter(typeof(BucketPolicyJsonConverter))]
public sealed class BucketPolicy : IEquatable<BucketPolicy>
{
    /// <summary>The longest document, in bytes of UTF-8.</summary>
    public const int MaxBytes = 20 * 1024;

    /// <summary>The name by which decisions refer to the policy of the bucket.</summary>
    public const string DecisionName = "bucket-policy";

    private BucketPolicy(string json, ImmutableArray<PolicyStatement> statements, PolicyProblem? problem = null)
    {
        (Json, Statements, Problem) = (json, statements, problem);
        IsPublic = statements.Any(static statement => statement.IsPublic);
    }

    /// <summary>The document as it was put.</summary>
    public string Json { get; }

    /// <summary>Whether it grants access to everyone, as
    /// <see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status">S3 defines "public"</see>.</summary>
    public bool IsPublic { get; }

    /// <summary>
    /// Why the text can't be read, although it was accepted once: by another version of the program. Null for any other policy. What it allows and
    /// denies isn't known, so it denies everything, but for the owner's mending it.
    /// </summary>
    public PolicyProblem? Problem { get; }

    internal ImmutableArray<PolicyStatement> Statements { get; }

    /// <summary>Validates and compiles a policy for a bucket; <paramref name="policy"/> is set exactly when no problem is returned. Never throws.</summary>
    public static PolicyProblem? TryParse(string json, string bucketName, out BucketPolicy? policy) => TryParseAny(json, bucketName, out policy);

    /// <summary>Compiles a policy that was accepted for its bucket before; one that can't be read any more has a <see cref="Problem"/>.</summary>
    public static BucketPolicy Restore(string json) =>
        TryParseAny(json, bucketName: null, out var policy) is { } problem ? new BucketPolicy(json, [], problem) : policy!;

    private static PolicyProblem? TryParseAny(string json, string? bucketName, out BucketPolicy? policy)
    {
        var statements = ImmutableArray<PolicyStatement>.Empty;
        var problem = PolicyReader.Read(json, MaxBytes, (reader, root) => new BucketPolicyParser(reader, bucketName).TryRead(root, out statements));
        policy = problem is null ? new BucketPolicy(json, statements) : null;
        return problem;
    }

    /// <inheritdoc/>
    public bool Equals(BucketPolicy? other) => other is not null && Json == other.Json;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BucketPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);
}
