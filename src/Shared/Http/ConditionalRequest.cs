namespace EdgeCache.Shared.Http;

/// <summary>What the conditions of a request decide.</summary>
public enum ConditionOutcome
{
    /// <summary>Serve the request.</summary>
    Proceed,

    /// <summary>The client's copy is current (304 for GET and HEAD).</summary>
    NotModified,

    /// <summary>A precondition does not hold (412).</summary>
    PreconditionFailed,
}

/// <summary>
/// Evaluates the conditional headers of a request for an existing object, in the order of RFC 9110 section 13.2.2, which is also
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html">S3's</see>: <c>If-Match</c> overrides
/// <c>If-Unmodified-Since</c>, and <c>If-None-Match</c> overrides <c>If-Modified-Since</c>.
/// </summary>
public static class ConditionalRequest
{
    /// <summary>Evaluates the conditions. A header that is null, blank, or a date that cannot be read is no condition.</summary>
    /// <param name="ifMatch">The value of <c>If-Match</c>.</param>
    /// <param name="ifNoneMatch">The value of <c>If-None-Match</c>.</param>
    /// <param name="ifModifiedSince">The value of <c>If-Modified-Since</c>.</param>
    /// <param name="ifUnmodifiedSince">The value of <c>If-Unmodified-Since</c>.</param>
    /// <param name="etag">The object's entity tag, without quotes.</param>
    /// <param name="lastModified">When the object was last modified; compared in whole seconds, which is all that a header can say.</param>
    public static ConditionOutcome Evaluate(
        string? ifMatch, string? ifNoneMatch, string? ifModifiedSince, string? ifUnmodifiedSince, string etag, DateTimeOffset lastModified)
    {
        var modified = lastModified.ToUnixTimeSeconds();
        var preconditionHolds = string.IsNullOrWhiteSpace(ifMatch)
            ? !TryParseSeconds(ifUnmodifiedSince, out var unmodifiedSince) || modified <= unmodifiedSince
            : EntityTagList.MatchesStrongly(ifMatch, etag);
        if (!preconditionHolds)
        {
            return ConditionOutcome.PreconditionFailed;
        }

        var isCurrent = string.IsNullOrWhiteSpace(ifNoneMatch)
            ? TryParseSeconds(ifModifiedSince, out var modifiedSince) && modified <= modifiedSince
            : EntityTagList.MatchesWeakly(ifNoneMatch, etag);
        return isCurrent ? ConditionOutcome.NotModified : ConditionOutcome.Proceed;
    }

    private static bool TryParseSeconds(string? header, out long seconds)
    {
        seconds = 0;
        if (!HttpDate.TryParse(header, out var date))
        {
            return false;
        }

        seconds = date.ToUnixTimeSeconds();
        return true;
    }
}
