namespace EdgeCache.Shared.S3;

/// <summary>An S3 error as a value: expected refusals are returned, not thrown.</summary>
/// <param name="Code">The error code.</param>
/// <param name="Message">What is wrong with this request; null for the code's standard message.</param>
/// <param name="Details">Further elements of the error document, in order, e.g. <c>ArgumentName</c>.</param>
public sealed record S3Error(S3ErrorCode Code, string? Message = null, IReadOnlyList<KeyValuePair<string, string>>? Details = null)
{
    /// <summary>The HTTP status that goes with the code.</summary>
    public int Status => S3ErrorTable.Status(Code);

    /// <summary>Shorthand for an error from its code alone.</summary>
    public static implicit operator S3Error(S3ErrorCode code) => FromS3ErrorCode(code);

    /// <summary>An error with the code's standard message.</summary>
    public static S3Error FromS3ErrorCode(S3ErrorCode code) => new(code);
}

/// <summary>Ends a request with an S3 error where a return value can't reach the pipeline, such as inside a body stream.</summary>
public sealed class S3Exception : Exception
{
    /// <summary>Wraps <paramref name="error"/>.</summary>
    public S3Exception(S3Error error, Exception? inner = null)
        : base(error.Message ?? error.Code.ToString(), inner) => Error = error;

    /// <summary>The error to answer.</summary>
    public S3Error Error { get; }
}
