using EdgeCache.Origin.Hosting;

namespace EdgeCache.Origin.Identity;

/// <summary>Makes what the options name and the database lacks; what exists is left as it is, so that a restart brings back no revoked key.</summary>
internal static class Bootstrap
{
    public static async Task RunAsync(IdentityDatabase database, BootstrapOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        await MakeAsync(options.OrganizationId, options.OrganizationId, options.AccessKeyId, options.SecretKey, options.ApiToken);
        foreach (var organization in options.Organizations)
        {
            var displayName = string.IsNullOrEmpty(organization.DisplayName) ? organization.Id : organization.DisplayName;
            await MakeAsync(organization.Id, displayName, organization.AccessKeyId, organization.SecretKey, organization.ApiToken);
        }

        async Task MakeAsync(string id, string displayName, string? accessKeyId, string? secret, string? token)
        {
            await new OrganizationStore(database).EnsureAsync(id, displayName, cancellationToken);
            if (!string.IsNullOrEmpty(accessKeyId))
            {
                var key = new AccessKey { Id = accessKeyId, OrganizationId = id, Principal = $"static/{accessKeyId}", Secret = secret! };
                await new AccessKeyStore(database).TryAddAsync(key, cancellationToken);
            }

            if (!string.IsNullOrEmpty(token))
            {
                await new ApiTokenStore(database, time).EnsureAsync(token, id, $"coreweave/{id}-bootstrap", cancellationToken);
            }
        }
    }
}
