namespace EdgeCache.Origin.Hosting;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Help
{
    public const string Text =
        """
        EdgeCache origin: the authoritative S3 store of one region.

        Options come from appsettings.json in the working directory, from the environment (Origin__Region=ORD1)
        and from flags (--Origin:Region=ORD1); the later win.

          --Origin:Region=NAME                 this region's name, e.g. ORD1
          --Origin:Regions:0=NAME              all regions of the deployment (0, 1, ...)
          --Origin:DataDirectory=DIR           databases and objects
          --Origin:S3Url=URL                   S3 listener, http://127.0.0.1:9001 (port 0: any free port)
          --Origin:AdminUrl=URL                health, metrics, internal API
          --Origin:ControlPlaneUrl=URL         host the control plane here and serve its API
          --Origin:ControlPlaneAdminUrl=URL    or: the admin URL of the origin that hosts it
          --Origin:Peers:0:Name=NAME           another region's origin (also :S3Url, :AdminUrl)
          --Origin:ClusterSecret=SECRET        shared by all tiers, at least 16 characters
          --Origin:Domain=NAME                 object.<region>.NAME, accel-object.NAME
          --Origin:ControlPlaneMaxSilence=T    hh:mm:ss for which cached keys hold without the control plane
          --Origin:ControlPlaneLimits:RequestsPerMinute=N (also :WrongTokensPerMinute, :CredentialsPerMinuteAndToken,
                                               :CredentialsPerMinuteAndAddress)
          --Origin:ContainerCredentialsLifetime=T  hh:mm:ss of the keys that an API token is exchanged for
          --Origin:EncryptionKeyLifetime=T     d.hh:mm:ss after which SSE-S3 takes a new key of its ring (365 days)
          --Origin:RequireTlsForCustomerKeys=BOOL  refuse SSE-C without TLS (false)
          --Origin:AllowPrivateIssuers=BOOL    let OIDC issuers be in private networks and on this machine (false)
          --Origin:LifecycleDay=T              hh:mm:ss that a day of lifecycle rules lasts; shorter than a day for tests only
          --Origin:MaxConnections=N            simultaneous connections
          --Origin:ZeroCopy=false              read and write objects instead of having the kernel send their files
          --Origin:SendStallTimeout=00:01:00   cuts off clients that take nothing for so long
          --Origin:Bootstrap:OrganizationId=ID --Origin:Bootstrap:AccessKeyId=ID --Origin:Bootstrap:SecretKey=SECRET
          --Origin:Bootstrap:ApiToken=TOKEN    made when absent, on the control plane's host
          --Origin:Bootstrap:OperatorToken=TOKEN   manages organizations; replaces the one before it
          --Origin:Bootstrap:AllowEverything=BOOL  give new bootstrap organizations a policy that allows everything (true)
          --Origin:Bootstrap:Organizations:0:Id=ID (also :DisplayName, :AccessKeyId, :SecretKey, :ApiToken)
                                               further organizations with a key each
          --Origin:Audit:MaxBatchAge=T         hh:mm:ss after which audit records are delivered; also :MaxBatchBytes,
                                               :MaxSpoolBytes (then audited requests are refused), :ShutdownPatience
          --Logging:LogLevel:Default=LEVEL     Trace, Debug, Information, Warning, Error

        The bound URLs are written to endpoints.json in the data directory while the origin is ready.
        Exit codes: 0 stopped, 2 bad option, port in use or unusable directory.
        """;
}
