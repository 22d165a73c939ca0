using System.Reflection;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Iam;
using Microsoft.AspNetCore.Http.Metadata;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>Who calls the control plane's API, as a parameter of a handler: the holder of an API token that was found good.</summary>
internal sealed class ApiCaller(HttpContext context, ApiToken token) : IBindableFromHttpContext<ApiCaller>, IEndpointParameterMetadataProvider
{
    private static readonly AccessDecision AllowedAdmin = new(true, "an admin token may do everything in its organization");

    public HttpContext Context => context;

    public ApiToken Token => token;

    public string OrganizationId => token.OrganizationId;

    public static ValueTask<ApiCaller?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<ApiCaller?>(context.RequestServices.GetRequiredService<ApiAuthentication>().Authenticate(context));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(TokenRequirement.Api);

    /// <summary>The action that was last asked for, and what decided it; null before any was.</summary>
    public (string Action, AccessDecision Decision)? Decided { get; private set; }

    /// <summary>
    /// Refuses whoever may not do an action of the control plane (<see cref="IamActions"/>): an admin token may do everything in its organization,
    /// any other what the organization's access policies grant its principal.
    /// </summary>
    /// <exception cref="ApiException">403.</exception>
    public void Require(string action)
    {
        var decision = token.IsAdmin ? AllowedAdmin : AccessEvaluator.Evaluate(new AccessRequest
        {
            Principal = token.ToPrincipal(),
            Action = action,
            Organization = context.RequestServices.GetRequiredService<OrganizationStore>().Facts(token.OrganizationId),
            Conditions = context.RequestServices.GetRequiredService<ApiConditions>().Of(context),
        });
        Decided = (action, decision);
        if (!decision.Allowed)
        {
            throw ApiException.Denied($"{token.Principal} may not do {action}: {decision.Reason}.");
        }
    }
}

/// <summary>Endpoint metadata: what the bearer token must be.</summary>
/// <param name="Scheme">The name of the security scheme in the API's description.</param>
internal sealed record TokenRequirement(string Scheme)
{
    public static readonly TokenRequirement Api = new("apiToken");

    public static readonly TokenRequirement Operator = new("operatorToken");
}

/// <summary>Endpoint metadata: the Authorization header may be the bare token, without a scheme.</summary>
internal sealed class BareTokenAllowed
{
    public static readonly BareTokenAllowed Instance = new();
}
