using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity.Federation;

namespace EdgeCache.Origin.Identity;

/// <summary>What the origin that hosts the control plane has in addition to the others.</summary>
internal sealed class ControlPlaneHost : IDisposable
{
    private ControlPlaneHost(IdentityDatabase database, TimeProvider time)
    {
        Database = database;
        AccessKeys = new AccessKeyStore(database);
        ApiTokens = new ApiTokenStore(database, time);
        Directory = new BucketDirectory(database);
        Organizations = new OrganizationStore(database);
        AccessPolicies = new AccessPolicyStore(database);
        BucketSettings = new BucketSettingsStore(database);
        OperatorTokens = new OperatorTokenStore(database);
        TemporaryKeys = new TemporaryKeys(AccessKeys, time);
        Federation = new FederationStore(database);
        FederatedKeys = new FederatedKeys(database, TemporaryKeys, time);
        SigningKeys = new LocalSigningKeys(AccessKeys, time);
    }

    public IdentityDatabase Database { get; }

    public AccessKeyStore AccessKeys { get; }

    public ApiTokenStore ApiTokens { get; }

    public BucketDirectory Directory { get; }

    public OrganizationStore Organizations { get; }

    public AccessPolicyStore AccessPolicies { get; }

    public BucketSettingsStore BucketSettings { get; }

    public OperatorTokenStore OperatorTokens { get; }

    public TemporaryKeys TemporaryKeys { get; }

    public FederationStore Federation { get; }

    public FederatedKeys FederatedKeys { get; }

    public LocalSigningKeys SigningKeys { get; }

    public static async Task<ControlPlaneHost> OpenAsync(
        string path, BootstrapOptions bootstrap, TimeProvider time, CancellationToken cancellationToken)
    {
        var database = IdentityDatabase.Open(path, time);
        try
        {
            await Bootstrap.RunAsync(database, bootstrap, cancellationToken);
            return new ControlPlaneHost(database, time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Dispose() => Database.Dispose();
}
