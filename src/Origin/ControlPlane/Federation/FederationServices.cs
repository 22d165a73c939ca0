using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Identity.Federation.Oidc;
using EdgeCache.Origin.Identity.Federation.Saml;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>Workload identity federation as services of the control plane.</summary>
internal static class FederationServices
{
    public static void AddFederation(this IServiceCollection services, ControlPlaneHost host)
    {
        services.AddSingleton(host.Federation);
        services.AddSingleton(host.FederatedKeys);
        services.AddSingleton<SamlValidator>();
        services.AddSingleton(static s => new IssuerClient(s.GetRequiredService<OriginOptions>().AllowPrivateIssuers, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton<OidcValidator>();
        services.AddSingleton<FederationGrants>();
        services.AddApiEndpoints<FederationConfigEndpoints>();
        services.AddApiEndpoints<FederationCredentialEndpoints>();
    }
}
