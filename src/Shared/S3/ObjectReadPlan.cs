using System.Globalization;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Shared.S3;

/// <summary>
/// How to answer a GET or HEAD of one version: the status and which of its bytes. Origin and edge share it, so that they cannot disagree
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</see>, RFC 9110 sections 13 and 14).
/// </summary>
public readonly record struct ObjectReadPlan
{
    /// <summary>200, 206, 304, or the status of <see cref="Error"/>.</summary>
    public int Status { get; private init; }

    /// <summary>The first byte to send; 0 when there is none.</summary>
    public long Offset { get; private init; }

    /// <summary>The Content-Length of a 200 or 206, in bytes, also when no body is sent; 0 otherwise.</summary>
    public long Length { get; private init; }

    /// <summary>The Content-Range header of a 206 or of an InvalidRange error; null for none.</summary>
    public string? ContentRange { get; private init; }

    /// <summary>Whether the bytes themselves are sent: for a GET with 200 or 206.</summary>
    public bool SendsBody { get; private init; }

    /// <summary>The x-amz-mp-parts-count header: only when a part of a multipart object was asked for.</summary>
    public int? PartsCount { get; private init; }

    /// <summary>Which part of a multipart object is answered; null when no part was asked for.</summary>
    public int? PartNumber { get; private init; }

    /// <summary>The refusal; null for 200, 206 and 304.</summary>
    public S3Error? Error { get; private init; }

    /// <summary>Whether the answer is all of the object: only then does the object's checksum describe what is sent.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Decides the answer.</summary>
    /// <param name="facts">The version; a delete marker answers 404, or 405 when its version was named.</param>
    /// <param name="method"><c>GET</c> or <c>HEAD</c>.</param>
    /// <param name="conditions">What the request asks for.</param>
    public static ObjectReadPlan Make(VersionFacts facts, string method, in ObjectReadConditions conditions)
    {
        var partNumber = 0;
        if (conditions.PartNumber is { } text)
        {
            if (S3.PartNumber.TryParse(text, out partNumber) is { } error)
            {
                return Refuse(error);
            }

            if (!string.IsNullOrEmpty(conditions.Range))
            {
                return Refuse(new S3Error(S3ErrorCode.InvalidRequest, "Cannot specify both Range header and partNumber query parameter"));
            }
        }

        if (facts.IsDeleteMarker)
        {
            return Refuse(conditions.VersionIdGiven
                ? new S3Error(S3ErrorCode.MethodNotAllowed, null, [new("Method", method), new("ResourceType", "DeleteMarker")])
                : new S3Error(S3ErrorCode.NoSuchKey, null, [new("Key", facts.Key)]));
        }

        if (facts.Encryption == ObjectEncryption.CustomerKey && !conditions.CustomerKeyGiven)
        {
            // As Ceph does, that there is no such part is told before.
            return partNumber > Math.Max(1, facts.PartSizes.Length) ? ForPart(facts, method, partNumber) : Refuse(EncryptionHeaders.KeyMissing);
        }

        switch (ConditionalRequest.Evaluate(
            conditions.IfMatch, conditions.IfNoneMatch, conditions.IfModifiedSince, conditions.IfUnmodifiedSince, facts.ETag, facts.LastModified))
        {
            case ConditionOutcome.NotModified:
                return new ObjectReadPlan { Status = 304 };
            case ConditionOutcome.PreconditionFailed:
                var condition = string.IsNullOrWhiteSpace(conditions.IfMatch) ? "If-Unmodified-Since" : "If-Match";
                return Refuse(new S3Error(S3ErrorCode.PreconditionFailed, null, [new("Condition", condition)]));
            case ConditionOutcome.Proceed:
                break;
        }

        return partNumber > 0 ? ForPart(facts, method, partNumber) : ForRange(facts, method, conditions);
    }

    /// <summary>Sets the headers that the plan itself decides: Content-Range and x-amz-mp-parts-count.</summary>
    public void WriteHeaders(Action<string, string> set)
    {
        if (ContentRange is not null)
        {
            set("Content-Range", ContentRange);
        }

        if (PartsCount is { } count)
        {
            set("x-amz-mp-parts-count", count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static ObjectReadPlan ForRange(VersionFacts facts, string method, in ObjectReadConditions conditions)
    {
        var header = conditions.IfRange is { } validator && !IsCurrent(facts, validator) ? null : conditions.Range;
        switch (RangeHeader.Resolve(header, facts.Size, out var range))
        {
            case RangeOutcome.Partial:
                return Serve(facts, method, range, isPartial: true);
            case RangeOutcome.Unsatisfiable:
                var size = facts.Size.ToString(CultureInfo.InvariantCulture);
                var error = new S3Error(S3ErrorCode.InvalidRange, null, [new("RangeRequested", header!), new("ActualObjectSize", size)]);
                return Refuse(error) with { ContentRange = $"bytes */{size}" };
            case RangeOutcome.Whole:
            default:
                return Serve(facts, method, range, isPartial: false);
        }
    }

    private static ObjectReadPlan ForPart(VersionFacts facts, string method, int partNumber)
    {
        var isMultipart = !facts.PartSizes.IsDefaultOrEmpty;
        var count = isMultipart ? facts.PartSizes.Length : 1;
        if (partNumber > count)
        {
            return Refuse(new S3Error(S3ErrorCode.InvalidPart, "The requested part number is not satisfiable.",
            [
                new("PartNumberRequested", partNumber.ToString(CultureInfo.InvariantCulture)),
                new("ActualPartCount", count.ToString(CultureInfo.InvariantCulture)),
            ]));
        }

        if (!isMultipart)
        {
            return Serve(facts, method, new ByteRange(0, facts.Size), isPartial: true);
        }

        var offset = 0L;
        foreach (var earlier in facts.PartSizes.AsSpan()[..(partNumber - 1)])
        {
            offset += earlier;
        }

        return Serve(facts, method, new ByteRange(offset, facts.PartSizes[partNumber - 1]), isPartial: true) with { PartsCount = count, PartNumber = partNumber };
    }

    // A Content-Range cannot name an empty range, so nothing empty is ever a 206.
    private static ObjectReadPlan Serve(VersionFacts facts, string method, ByteRange range, bool isPartial) => new()
    {
        Status = isPartial && range.Length > 0 ? 206 : 200,
        Offset = range.Offset,
        Length = range.Length,
        ContentRange = isPartial && range.Length > 0 ? range.ToContentRange(facts.Size) : null,
        SendsBody = method == "GET",
        IsWhole = range.Length == facts.Size,
    };

    private static ObjectReadPlan Refuse(S3Error error) => new() { Status = error.Status, Error = error };

    // RFC 9110 section 13.1.5: a date must be exactly the object's.
    private static bool IsCurrent(VersionFacts facts, string validator) => HttpDate.TryParse(validator, out var date)
        ? date.ToUnixTimeSeconds() == facts.LastModified.ToUnixTimeSeconds()
        : EntityTagList.MatchesStrongly(validator, facts.ETag);
}
