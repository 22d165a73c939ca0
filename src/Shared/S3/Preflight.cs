namespace EdgeCache.Shared.S3;

/// <summary>The answer to <c>OPTIONS</c>, by which browsers ask whether a page may read across origins.</summary>
public static class Preflight
{
    /// <summary>The refusal: no bucket has a CORS configuration.</summary>
    /// <param name="namesOrigin">Whether the request has an Origin header, without which it is no such question.</param>
    public static S3Error Refuse(bool namesOrigin) => namesOrigin
        ? new S3Error(S3ErrorCode.AccessDenied, "CORSResponse: CORS is not enabled for this bucket.")
        : new S3Error(S3ErrorCode.BadRequest, "Insufficient information. Origin request header needed.");
}
