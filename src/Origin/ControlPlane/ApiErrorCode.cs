namespace EdgeCache.Origin.ControlPlane;

/// <summary>The reasons in error answers.</summary>
internal static class ApiErrorCode
{
    public const string InvalidArgument = "invalid_argument";
    public const string Unauthenticated = "unauthenticated";
    public const string PermissionDenied = "permission_denied";
    public const string OrganizationSuspended = "organization_suspended";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string Conflict = "conflict";
    public const string PayloadTooLarge = "payload_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string TooManyRequests = "too_many_requests";
    public const string Internal = "internal";
    public const string Unavailable = "unavailable";

    /// <summary>The reason and words for a status that the server itself chose.</summary>
    public static (string Code, string Message) Of(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => (Unauthenticated, "A valid API access token is needed."),
        StatusCodes.Status403Forbidden => (PermissionDenied, "The token may not do this."),
        StatusCodes.Status404NotFound => (NotFound, "There is nothing of this name; the API's paths are in /openapi.json."),
        StatusCodes.Status405MethodNotAllowed => (MethodNotAllowed, "The path does not take this method; see the Allow header."),
        StatusCodes.Status409Conflict => (Conflict, "It exists, or there are as many as there may be."),
        StatusCodes.Status413PayloadTooLarge => (PayloadTooLarge, "The request's body is too large."),
        StatusCodes.Status415UnsupportedMediaType => (UnsupportedMediaType, "The request's body must be application/json."),
        StatusCodes.Status429TooManyRequests => (TooManyRequests, "Too many requests."),
        >= 500 => (Internal, "The request failed."),
        _ => (InvalidArgument, "The request is malformed."),
    };
}

/// <summary>An error answer.</summary>
/// <param name="Code">A machine-readable reason.</param>
/// <param name="Message">What is wrong, for people.</param>
/// <param name="RequestId">The request's id, as in the header <see cref="ApiPipeline.RequestIdHeader"/> and in the log.</param>
internal sealed record ApiError(string Code, string Message, string RequestId);
