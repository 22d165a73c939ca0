using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Identity.Federation;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>Turns a federated identity into a key, if its organization's access policies let that identity have one.</summary>
internal sealed class FederationGrants(FederationStore configs, OrganizationStore organizations, FederatedKeys keys, ApiConditions conditions)
{
    /// <summary>Finds an organization's configuration of one kind.</summary>
    /// <exception cref="ApiException">404, the same for an unknown organization and an unknown configuration.</exception>
    public FederationConfig Find(string? organizationId, string? configId, bool isSaml)
    {
        var config = organizationId is null || configId is null
            ? throw ApiException.Invalid("'orgId' and 'configId' are required.")
            : configs.Find(organizationId, configId);
        return config is { Settings.IsEnabled: true } && (config.Settings.Saml is not null) == isSaml
            ? config
            : throw ApiException.NotFound("There is no enabled federation configuration of this kind, organization and id.");
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
    /// <exception cref="ApiException">403 when no access policy allows the identity <paramref name="action"/>, or what else the issuing fails for.</exception>
    public async Task<AccessKey> IssueAsync(
        HttpContext context, FederationConfig config, FederatedIdentity identity, TimeSpan lifetime, string action, CancellationToken cancellationToken)
    {
        var decision = AccessEvaluator.Evaluate(new AccessRequest
        {
            Principal = new Principal(identity.Principal, config.OrganizationId, AccessLevel.Full, identity.Groups, PrincipalKind.User),
            Action = action,
            Organization = organizations.Facts(config.OrganizationId),
            Conditions = conditions.Of(context),
        });
        if (!decision.Allowed)
        {
            throw ApiException.Denied($"{identity.Principal} may not do {action}: {decision.Reason}.");
        }

        var (problem, key) = await keys.IssueAsync(config, identity, lifetime, cancellationToken);
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
