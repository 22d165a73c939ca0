using System.Collections.Immutable;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.S3.Lifecycle;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html">PutBucketLifecycleConfiguration</see>
/// and <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html">GetBucketLifecycleConfiguration</see>.
/// </summary>
/// <param name="Rules">1 to <see cref="MaxRules"/> rules. All that fit an object apply; what ends it earliest wins.</param>
public sealed record LifecycleConfiguration(ImmutableArray<LifecycleRule> Rules)
{
    /// <summary>The most rules.</summary>
    public const int MaxRules = 1000;

    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 512 * 1024;

    private const int MaxIdLength = 255;

    /// <summary>Writes the document.</summary>
    public byte[] Write() => LifecycleXml.Write(this);

    /// <summary>Reads the body: MalformedXML for another document, InvalidArgument or InvalidRequest for what no rule can say.</summary>
    public static ValueTask<(LifecycleConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (LifecycleConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document) =>
        LifecycleXml.Read(document) is not { } read ? (null, S3XmlBody.Malformed) : Check(read) is { } wrong ? (null, wrong) : (read, null);

    private static S3Error? Check(LifecycleConfiguration configuration)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in configuration.Rules)
        {
            if (rule.Id.Length > MaxIdLength)
            {
                return Argument($"ID length should not exceed allowed limit of {MaxIdLength}");
            }

            if (!ids.Add(rule.Id))
            {
                return Argument("Rule ID must be unique. Found same ID for more than one rule");
            }

            if ((CheckExpiration(rule) ?? CheckNoncurrent(rule) ?? CheckTransitions(rule)) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static S3Error? CheckExpiration(LifecycleRule rule)
    {
        if (rule is { Expiration: null, NoncurrentExpiration: null, AbortUploadAfterDays: null, Transitions.IsEmpty: true, NoncurrentTransitions.IsEmpty: true })
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "At least one action needs to be specified in a rule.");
        }

        if (rule.Filter is { SizeGreaterThan: { } above, SizeLessThan: { } below } && below <= above)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "'ObjectSizeLessThan' must be greater than 'ObjectSizeGreaterThan'");
        }

        if (rule.Expiration is { } expiration)
        {
            if (expiration.Days is <= 0)
            {
                return Argument("'Days' for Expiration action must be a positive integer");
            }

            if (expiration.Date is { } date && !IsMidnight(date))
            {
                return Argument("'Date' must be at midnight GMT");
            }

            if (expiration.ExpiredObjectDeleteMarker is true && !rule.Filter.Tags.IsEmpty)
            {
                return new S3Error(S3ErrorCode.InvalidRequest, "ExpiredObjectDeleteMarker cannot be specified with tags.");
            }
        }

        return rule.AbortUploadAfterDays is <= 0
            ? Argument("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
            : rule.AbortUploadAfterDays is not null && rule.Filter.IsOfContent
                ? new S3Error(S3ErrorCode.InvalidRequest, "AbortIncompleteMultipartUpload cannot be specified with tags or object sizes.")
                : null;
    }

    private static S3Error? CheckNoncurrent(LifecycleRule rule)
    {
        if (rule.NoncurrentExpiration is { Days: <= 0 })
        {
            return Argument("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer");
        }

        return rule.NoncurrentExpiration is { NewerVersions: <= 0 } || rule.NoncurrentTransitions.Any(static t => t.NewerVersions is <= 0)
            ? Argument("'NewerNoncurrentVersions' must be a positive integer")
            : rule.NoncurrentTransitions.Any(static t => t.Days < 0)
                ? Argument("'NoncurrentDays' for NoncurrentVersionTransition action must be nonnegative")
                : null;
    }

    private static S3Error? CheckTransitions(LifecycleRule rule)
    {
        foreach (var transition in rule.Transitions)
        {
            if (transition.Days is < 0)
            {
                return Argument("'Days' for Transition action must be nonnegative");
            }

            if (transition.Date is { } date && !IsMidnight(date))
            {
                return Argument("'Date' must be at midnight GMT");
            }

            // A rule either counts or dates: with both, which comes first would differ from object to object.
            if ((transition.Date is null) != (rule.Transitions[0].Date is null) ||
                (rule.Expiration is { ExpiredObjectDeleteMarker: null } expiration && (expiration.Date is null) != (transition.Date is null)))
            {
                return new S3Error(
                    S3ErrorCode.InvalidRequest, "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule");
            }

            if (rule.Expiration is { } end && (transition.Days >= end.Days || transition.Date >= end.Date))
            {
                return Argument("Expiration must come later than Transition in lifecycle rule");
            }
        }

        foreach (var storageClass in rule.Transitions.Select(static t => t.StorageClass).Concat(rule.NoncurrentTransitions.Select(static t => t.StorageClass)))
        {
            if (S3StorageClass.TryParse(storageClass, out _) is not null)
            {
                return S3XmlBody.Malformed;
            }
        }

        return null;
    }

    private static bool IsMidnight(DateTimeOffset date) => date.UtcDateTime.TimeOfDay == TimeSpan.Zero;

    private static S3Error Argument(string message) => new(S3ErrorCode.InvalidArgument, message);
}
