using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>Finds out whose token a request carries. Wrong ones are counted against the caller's address.</summary>
internal sealed class ApiAuthentication(ApiTokenStore tokens, OperatorTokenStore operators, ApiLimits limits)
{
    private const string Scheme = "Bearer ";

    /// <summary>The longest token that is looked at, in characters.</summary>
    private const int MaxTokenLength = 512;

    /// <exception cref="ApiException">401 for a wrong token, 403 for one of a suspended organization, 429 after too many wrong ones.</exception>
    public ApiCaller Authenticate(HttpContext context)
    {
        limits.CheckFailures(context);
        if (ReadToken(context) is not { } secret || tokens.Find(secret) is not { } token)
        {
            throw Fail(context);
        }

        if (token.IsOrganizationSuspended)
        {
            throw new ApiException(StatusCodes.Status403Forbidden, ApiErrorCode.OrganizationSuspended, "The organization is suspended.");
        }

        var caller = new ApiCaller(context, token);
        context.Features.Set(caller);
        return caller;
    }

    /// <exception cref="ApiException">401 for a wrong token, 429 after too many wrong ones.</exception>
    public void RequireOperator(HttpContext context)
    {
        limits.CheckFailures(context);
        if (ReadToken(context) is not { } secret || !operators.IsValid(secret))
        {
            throw Fail(context);
        }
    }

    private ApiException Fail(HttpContext context)
    {
        limits.CountFailure(context);
        return ApiException.Unauthenticated("A valid token is needed: Authorization: Bearer <token>.");
    }

    private static string? ReadToken(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : context.GetEndpoint()?.Metadata.GetMetadata<BareTokenAllowed>() is null ? string.Empty : header.Trim();
        return token.Length is > 0 and <= MaxTokenLength ? token : null;
    }
}
