using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>Ends a request of the control plane's API with an error answer.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>The machine-readable reason, one of <see cref="ApiErrorCode"/>.</summary>
    public string Code => code;

    /// <summary>When it may be tried again; null when that makes no difference.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ApiException Invalid(string message) => new(StatusCodes.Status400BadRequest, ApiErrorCode.InvalidArgument, message);

    public static ApiException Unauthenticated(string message) => new(StatusCodes.Status401Unauthorized, ApiErrorCode.Unauthenticated, message);

    public static ApiException Denied(string message) => new(StatusCodes.Status403Forbidden, ApiErrorCode.PermissionDenied, message);

    public static ApiException NotFound(string message) => new(StatusCodes.Status404NotFound, ApiErrorCode.NotFound, message);

    public static ApiException Conflict(string message) => new(StatusCodes.Status409Conflict, ApiErrorCode.Conflict, message);

    public static ApiException TooMany(string message, TimeSpan? retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, ApiErrorCode.TooManyRequests, message) { RetryAfter = retryAfter };

    public static ApiException Of(KeyRefusedException e) => e.Reason switch
    {
        KeyAddition.OrganizationUnavailable => new(StatusCodes.Status403Forbidden, ApiErrorCode.OrganizationSuspended, "The organization is suspended."),
        KeyAddition.TokenEnded => Unauthenticated("The token has ended."),
        KeyAddition.TooManyKeys => Conflict($"The organization has {AccessKeyStore.MaxPermanent} permanent access keys, which is as many as it may have: revoke some."),
        KeyAddition.Added or KeyAddition.IdTaken => new(StatusCodes.Status500InternalServerError, ApiErrorCode.Internal, "The request failed."),
    };

    public static ApiException Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, ApiErrorCode.Unavailable, message) { RetryAfter = TimeSpan.FromSeconds(1) };
}
