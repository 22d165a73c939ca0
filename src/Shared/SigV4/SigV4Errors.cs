using System.Globalization;
using EdgeCache.Shared.S3;
using static EdgeCache.Shared.S3.S3ErrorCode;

namespace EdgeCache.Shared.SigV4;

/// <summary>The refusals of signature version 4, worded as S3 words them, so that the advice that users find for S3 applies.</summary>
internal static class SigV4Errors
{
    public static readonly S3Error OneMechanismOnly = new(InvalidArgument,
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified");

    public static readonly S3Error Version2 = new(InvalidRequest,
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");

    public static readonly S3Error TooManyParameters = new(InvalidRequest, "The request has too many query parameters.");

    public static readonly S3Error NoValidDate = new(AccessDenied, "AWS authentication requires a valid Date or x-amz-date header");

    public static readonly S3Error MissingPayloadHash = new(InvalidRequest, "Missing required header for this request: x-amz-content-sha256");

    public static readonly S3Error MissingParameters = new(AuthorizationQueryParametersError,
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");

    public static readonly S3Error NotYetValid = new(AccessDenied, "Request is not valid yet");

    public static S3Error UnsupportedScheme(string authorization) =>
        Argument("Authorization", authorization, "Unsupported Authorization Type");

    public static S3Error MalformedVersion2(string authorization) =>
        Argument("Authorization", authorization, "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature");

    public static S3Error PayloadHashValue(string value) =>
        Argument(PayloadHash.Header, value,
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, " +
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.");

    public static S3Error Header(string problem) =>
        new(AuthorizationHeaderMalformed, $"The authorization header is malformed; {problem}");

    public static S3Error Query(string problem) => new(AuthorizationQueryParametersError, problem);

    public static S3Error TooSkewed(DateTimeOffset signedAt, DateTimeOffset now, TimeSpan allowed) =>
        new(RequestTimeTooSkewed, null,
        [
            new("RequestTime", SigV4Time.Format(signedAt)),
            new("ServerTime", Iso(now)),
            new("MaxAllowedSkewMilliseconds", allowed.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
        ]);

    public static S3Error Expired(TimeSpan expiresIn, TimeSpan age, DateTimeOffset now) =>
        new(AccessDenied, "Request has expired",
        [
            new("X-Amz-Expires", ((long)expiresIn.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            new("Expires", Iso(now - (age - expiresIn))),
            new("ServerTime", Iso(now)),
        ]);

    public static S3Error NotSigned(string header) =>
        new(AccessDenied, "There were headers present in the request which were not signed", [new("HeadersNotSigned", header)]);

    private static S3Error Argument(string name, string value, string message) =>
        new(InvalidArgument, message, [new("ArgumentName", name), new("ArgumentValue", value)]);

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
