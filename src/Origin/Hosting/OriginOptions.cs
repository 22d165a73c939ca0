using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Hosting;

/// <summary>The settings of one region's origin: section <c>Origin</c> of the configuration.</summary>
public sealed class OriginOptions
{
    /// <summary>The configuration section that is bound to this type.</summary>
    public const string SectionName = "Origin";

    /// <summary>The name of this region, e.g. <c>ORD1</c>; upper-case letters, digits and hyphens.</summary>
    public string Region { get; set; } = "ORD1";

    /// <summary>The names of all regions of the deployment; empty means that this is the only one.</summary>
    public IList<string> Regions { get; } = [];

    /// <summary>Where this origin keeps its databases and objects. One process at a time may use it.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Where the S3 API listens; port 0 takes any free port.</summary>
    public string S3Url { get; set; } = "http://127.0.0.1:9001";

    /// <summary>Where health, metrics and the API between tiers listen.</summary>
    public string AdminUrl { get; set; } = "http://127.0.0.1:9101";

    /// <summary>Where the control plane's API listens: set on the one origin that hosts the control plane.</summary>
    public string? ControlPlaneUrl { get; set; }

    /// <summary>The admin URL of the origin that hosts the control plane; not set on the host itself.</summary>
    public string? ControlPlaneAdminUrl { get; set; }

    /// <summary>The secret that the tiers of a deployment share; at least <see cref="OriginOptionsValidator.MinSecretLength"/> characters.</summary>
    public string ClusterSecret { get; set; } = string.Empty;

    /// <summary>The domain under which <c>object.&lt;region&gt;.&lt;domain&gt;</c> and the accelerated names are served.</summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>What is made in an empty identity database; only read on the control plane's host.</summary>
    public BootstrapOptions Bootstrap { get; } = new();

    /// <summary>
    /// For how long cached keys may decide requests after the control plane was last heard, 1 s to 7 days.
    /// After it an origin that does not host the control plane refuses what it can't verify.
    /// </summary>
    public TimeSpan ControlPlaneMaxSilence { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The origins of the other regions; regions may be added while this origin runs.</summary>
    public IList<PeerOptions> Peers { get; } = [];

    /// <summary>How often the control plane's API may be called; only read on its host.</summary>
    public ControlPlaneLimitOptions ControlPlaneLimits { get; } = new();

    /// <summary>
    /// How long the credentials live that <c>temporary-credentials/api-token</c> hands out, 1 second to 12 hours. SDKs renew them by themselves, five
    /// minutes before their end, so that below that they ask anew for every request.
    /// </summary>
    public TimeSpan ContainerCredentialsLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How many access keys that were never found are looked up each second at most, 1 to 10,000; above it requests that use one are answered 503.
    /// A flood of made-up keys costs the control plane no more than that.
    /// </summary>
    public int UnseenKeysPerSecond { get; set; } = 50;

    /// <summary>
    /// Whether OpenID Connect issuers of federation configurations may be at addresses that are not public: in private networks, and on this machine,
    /// there also without TLS. Leave it off where organizations don't trust one another: it lets their administrators make the control plane's host
    /// send GET requests into its own network.
    /// </summary>
    public bool AllowPrivateIssuers { get; set; }

    /// <summary>
    /// How long SSE-S3 encrypts new objects with the same key of the ring (<c>keyring.json</c> in the data directory) before it takes a new one, 1 minute to
    /// 10 years. Older keys stay for the objects that they encrypted. To change keys now, start once with a shorter time.
    /// </summary>
    public TimeSpan EncryptionKeyLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// Whether a customer's encryption key (SSE-C) is refused over connections without TLS, as S3 does. An edge that listens with TLS tells so; the
    /// origin's own listeners speak plain HTTP and take nobody's word for TLS in front of them.
    /// </summary>
    public bool RequireTlsForCustomerKeys { get; set; }

    /// <summary>The largest number of simultaneous connections of all listeners together.</summary>
    public int MaxConnections { get; set; } = 4096;

    /// <summary>
    /// How long a day of lifecycle rules lasts, 1 second to 1 day. Anything shorter than a day is for tests: rules then count from the second, without
    /// rounding to midnights, and what is stored is deleted as fast.
    /// </summary>
    public TimeSpan LifecycleDay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether objects go from their files to clients within the kernel (sendfile), over sockets of our own. Otherwise they are read and written, over
    /// the server's own sockets.
    /// </summary>
    public bool ZeroCopy { get; set; } = OperatingSystem.IsLinux();

    /// <summary>With <see cref="ZeroCopy"/>: a client that takes nothing for this long, while there is more to send, is cut off; 1 second to 10 minutes.</summary>
    public TimeSpan SendStallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The bounds of the audit log.</summary>
    public AuditOptions Audit { get; } = new();

    /// <summary>Whether this origin hosts the control plane.</summary>
    public bool HostsControlPlane => !string.IsNullOrEmpty(ControlPlaneUrl);
}
