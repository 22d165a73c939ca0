using EdgeCache.Origin.ControlPlane.Access;
using EdgeCache.Origin.ControlPlane.AccessKeys;
using EdgeCache.Origin.ControlPlane.AccessPolicies;
using EdgeCache.Origin.ControlPlane.Buckets;
using EdgeCache.Origin.ControlPlane.Credentials;
using EdgeCache.Origin.ControlPlane.Description;
using EdgeCache.Origin.ControlPlane.Federation;
using EdgeCache.Origin.ControlPlane.Organizations;
using EdgeCache.Origin.ControlPlane.Tokens;
using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>The control plane's API: its services, and the branch of the server that serves it.</summary>
internal static class ControlPlaneServices
{
    public static void AddControlPlaneApi(this IServiceCollection services, ControlPlaneHost host)
    {
        services.AddSingleton(host);
        services.AddSingleton(host.AccessKeys);
        services.AddSingleton(host.ApiTokens);
        services.AddSingleton(host.OperatorTokens);
        services.AddSingleton(host.Organizations);
        services.AddSingleton(host.AccessPolicies);
        services.AddSingleton(host.BucketSettings);
        services.AddSingleton(host.TemporaryKeys);
        services.AddSingleton(host.Directory);
        services.AddSingleton<ApiLimits>();
        services.AddSingleton<ApiAuthentication>();
        services.AddSingleton<ApiConditions>();
        services.ConfigureHttpJsonOptions(static json => ApiJson.Configure(json.SerializerOptions));
        services.AddApiDescription();
        services
            .AddApiEndpoints<AccessKeyEndpoints>()
            .AddApiEndpoints<AccessPolicyEndpoints>()
            .AddApiEndpoints<BucketEndpoints>()
            .AddApiEndpoints<OrganizationSettingsEndpoints>()
            .AddApiEndpoints<TokenExchangeEndpoints>()
            .AddApiEndpoints<TokenEndpoints>()
            .AddApiEndpoints<CanIEndpoints>()
            .AddApiEndpoints<OperatorEndpoints>();
        services.AddFederation(host);
    }

    public static IServiceCollection AddApiEndpoints<T>(this IServiceCollection services)
        where T : class, IApiEndpoints => services.AddSingleton<IApiEndpoints, T>();

    public static void UseControlPlaneApi(this IApplicationBuilder branch)
    {
        branch.UseMiddleware<ApiPipeline>();
        branch.UseRouting();
        branch.UseEndpoints(static api =>
        {
            api.MapApiDescription();
            foreach (var endpoints in api.ServiceProvider.GetServices<IApiEndpoints>())
            {
                endpoints.Map(api);
            }
        });
    }
}
