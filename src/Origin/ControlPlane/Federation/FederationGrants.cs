using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Shared.Iam;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>Turns a federated identity into a key, if its organization's access policies let that identity have one.</summary>
internal sealed class FederationGrants(FederationStore configs, OrganizationStore organizations, FederatedKeys keys, ApiConditions conditions)
{
    /// <summary>Finds an organization's configuration of one kind, which makes the request one of that organization.</summary>
    /// <exception cref="ApiException">404, the same for an unknown organization and an unknown configuration.</exception>
    public FederationConfig Find(HttpContext context, string? organizationId, string? configId, bool isSaml)
    {
        var config = organizationId is null || configId is null
            ? throw ApiException.Invalid("'orgId' and 'configId' are required.")
            : configs.Find(organizationId, configId);
        if (config is not { Settings.IsEnabled: true } || (config.Settings.Saml is not null) != isSaml)
        {
            throw ApiException.NotFound("There is no enabled federation configuration of this kind, organization and id.");
        }

        context.Features.Set(new FederatedCaller(config.OrganizationId, isSaml ? "cwobject:CreateAccessKeySAML" : "cwobject:CreateAccessKeyOIDC"));
        return config;
    }

    /// <summary>How long the key may live.</summary>
    /// <exception cref="ApiException">400 when the wish is absent, out of range or beyond what the configuration allows.</exception>
    public static TimeSpan LifetimeOf(long? durationSeconds, FederationConfig config)
    {
        var lifetime = ApiDurations.ParseLimited(durationSeconds);
        var max = config.Settings.MaxDurationSeconds;
        return lifetime.TotalSeconds <= max ? lifetime : throw ApiException.Invalid($"The configuration allows 'durationSeconds' up to {max}.");
    }

    /// <summary>Issues the key.</summary>
    /// <exception cref="ApiException">403 when no access policy allows the identity the request's action, or what else the issuing fails for.</exception>
    public async Task<AccessKey> IssueAsync(
        HttpContext context, FederationConfig config, FederatedIdentity identity, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var caller = context.Features.GetRequiredFeature<FederatedCaller>();
        caller.Principal = new Principal(identity.Principal, config.OrganizationId, AccessLevel.Full, identity.Groups, PrincipalKind.User);
        var decision = AccessEvaluator.Evaluate(new AccessRequest
        {
            Principal = caller.Principal,
            Action = caller.Action,
            Organization = organizations.Facts(config.OrganizationId),
            Conditions = conditions.Of(context),
        });
        caller.Decision = decision;
        if (!decision.Allowed)
        {
            throw ApiException.Denied($"{identity.Principal} may not do {caller.Action}: {decision.Reason}.");
        }

        var (problem, key) = await keys.IssueAsync(config, identity, lifetime, cancellationToken);
        caller.AccessKeyId = key?.Id;
        return key ?? throw Refuse(problem!);
    }

    public static ApiException Refuse(FederationProblem problem) => problem.Fault switch
    {
        FederationFault.Malformed => ApiException.Invalid(problem.Message),
        FederationFault.TooLarge => new ApiException(StatusCodes.Status413PayloadTooLarge, ApiErrorCode.PayloadTooLarge, problem.Message),
        FederationFault.Rejected or FederationFault.Replayed => ApiException.Unauthenticated(problem.Message),
        FederationFault.Forbidden => ApiException.Denied(problem.Message),
        FederationFault.IssuerUnavailable or FederationFault.Exhausted => ApiException.Unavailable(problem.Message),
    };
}
