namespace EdgeCache.Shared.S3;

/// <summary>What a GET or HEAD of an object asks for, as it came: the inputs of <see cref="ObjectReadPlan"/>. Null is an absent header or parameter.</summary>
public readonly record struct ObjectReadConditions
{
    /// <summary>The <c>If-Match</c> header.</summary>
    public string? IfMatch { get; init; }

    /// <summary>The <c>If-None-Match</c> header.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>The <c>If-Modified-Since</c> header.</summary>
    public string? IfModifiedSince { get; init; }

    /// <summary>The <c>If-Unmodified-Since</c> header.</summary>
    public string? IfUnmodifiedSince { get; init; }

    /// <summary>The <c>Range</c> header.</summary>
    public string? Range { get; init; }

    /// <summary>The <c>If-Range</c> header.</summary>
    public string? IfRange { get; init; }

    /// <summary>The <c>partNumber</c> parameter.</summary>
    public string? PartNumber { get; init; }

    /// <summary>Whether the request brings a customer's key, which whoever has the bytes has checked.</summary>
    public bool CustomerKeyGiven { get; init; }

    /// <summary>Whether the request names a version, which decides how a delete marker answers.</summary>
    public bool VersionIdGiven { get; init; }
}
