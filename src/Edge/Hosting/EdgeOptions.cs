using EdgeCache.Edge.Pipeline.AccessLogging;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Edge.Hosting;

/// <summary>The settings of one edge: section <c>Edge</c> of the configuration.</summary>
public sealed class EdgeOptions
{
    /// <summary>The configuration section that is bound to this type.</summary>
    public const string SectionName = "Edge";

    /// <summary>The edge's name, e.g. <c>LGA1</c>; it appears in Cache-Status and in what the edge vouches for.</summary>
    public string Name { get; set; } = "LGA1";

    /// <summary>Where the S3 API listens; port 0 takes any free port.</summary>
    public string S3Url { get; set; } = "http://127.0.0.1:9000";

    /// <summary>Where the S3 API listens with TLS 1.2 or 1.3 as well, e.g. <c>https://*:9443</c>; off when empty.</summary>
    public string S3TlsUrl { get; set; } = string.Empty;

    /// <summary>With <see cref="S3TlsUrl"/>: the PEM file of the certificate, followed by those of the authorities between it and a root. Read at the start.</summary>
    public string TlsCertificate { get; set; } = string.Empty;

    /// <summary>With <see cref="S3TlsUrl"/>: the PEM file of the certificate's private key, not encrypted.</summary>
    public string TlsKey { get; set; } = string.Empty;

    /// <summary>Where health and metrics listen.</summary>
    public string AdminUrl { get; set; } = "http://127.0.0.1:9100";

    /// <summary>Where the cache and the feed positions are kept. One process at a time may use it.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// The directories of cached bytes, one for each drive, at most <see cref="EdgeOptionsValidator.MaxDrives"/>; when empty, <c>chunks</c> in
    /// <see cref="DataDirectory"/>. They are not made when absent, so that a drive that is not mounted does not fill the disk beneath it: best name
    /// a directory on the drive, not the mount point. Chunks are spread over the drives by hash, and a drive that is absent loses only its share.
    /// </summary>
    public IList<string> CacheDirectories { get; } = [];

    /// <summary>The disk budget of cached bytes on each drive: a number of bytes, or a number with KiB, MiB, GiB or TiB.</summary>
    public string CacheSize { get; set; } = "20GiB";

    /// <summary>
    /// The part of <see cref="CacheSize"/> that objects of up to 64 KiB get, and single blocks of objects of which only small ranges were read; 0.01 to
    /// 0.5. They are packed one behind the other, so that a small object does not cost 8 KiB.
    /// </summary>
    public double SmallShare { get; set; } = 0.1;

    /// <summary>What organizations are sure of in the cache and held to; the sum of all floors is at most the capacity of all drives. At most <see cref="EdgeOptionsValidator.MaxCacheShares"/>.</summary>
    public IList<CacheShareOptions> CacheShares { get; } = [];

    /// <summary>The part of the cache that may be pinned, 0 to 0.7; of objects up to 64 KiB and of larger ones separately.</summary>
    public double MaxPinnedShare { get; set; } = 0.5;

    /// <summary>
    /// How often <see cref="CacheSize"/> may be written per day once it is full, to spare the drive; up to 1000, 0 for no limit. Over it, what is
    /// fetched for the first time is not stored; what is fetched again is.
    /// </summary>
    public double CacheWritesPerDay { get; set; } = 1;

    /// <summary>
    /// When the bytes read from the cache are compared with their checksums: <c>strict</c>, at every read, or <c>once</c>, when a block is read for the
    /// first time since the start. A block that does not agree is fetched again, and the request that met it succeeds.
    /// </summary>
    public ChecksumPolicy Checksums { get; set; } = ChecksumPolicy.Strict;

    /// <summary>
    /// How much of each drive is read per second at most, in the background, to compare it with its checksums before a request does, in the form of
    /// <see cref="CacheSize"/>; 0 for nothing. At 8 MiB, a TiB takes a day and a half.
    /// </summary>
    public string ScrubBytesPerSecond { get; set; } = "8MiB";

    /// <summary>The memory budget of cached metadata, in the same form as <see cref="CacheSize"/>.</summary>
    public string MetadataMemory { get; set; } = "256MiB";

    /// <summary>The secret that the tiers of a deployment share; at least <see cref="EdgeOptionsValidator.MinSecretLength"/> characters.</summary>
    public string ClusterSecret { get; set; } = string.Empty;

    /// <summary>The admin URL of the origin that hosts the control plane.</summary>
    public string ControlPlaneAdminUrl { get; set; } = string.Empty;

    /// <summary>Who may use the admin API (<c>/v1/edge/...</c> on <see cref="AdminUrl"/>); nobody when there is none.</summary>
    public IList<AdminTokenOptions> AdminTokens { get; } = [];

    /// <summary>
    /// The organization in whose audit log the actions (not the questions) of operators are that concern no bucket, draining above all. Empty: they are in
    /// the edge's own log alone.
    /// </summary>
    public string OperatorOrganization { get; set; } = string.Empty;

    /// <summary>The regions of the deployment.</summary>
    public IList<EdgeRegionOptions> Regions { get; } = [];

    /// <summary>
    /// The edges of this datacenter, each with the URL of its internal listener; this edge may be among them and is told by its name. Each chunk belongs to one of
    /// them, which alone fetches it from the region, and the others fetch it from there. At most <see cref="Peers.PeerSet.MaxPeers"/>, or <see cref="PeersDns"/>.
    /// </summary>
    public IList<EdgePeerOptions> Peers { get; } = [];

    /// <summary>In place of <see cref="Peers"/>: a DNS name and port, e.g. <c>edges.lga.example.com:9200</c>, whose addresses are those of the edges' internal listeners.</summary>
    public string PeersDns { get; set; } = string.Empty;

    /// <summary>Where this edge listens for the others of its datacenter, e.g. <c>http://10.0.0.1:9200</c>; off when empty. No client should reach it.</summary>
    public string PeerUrl { get; set; } = string.Empty;

    /// <summary>The region of requests that name no bucket, and of new buckets that name no region; the first region when empty.</summary>
    public string DefaultRegion { get; set; } = string.Empty;

    /// <summary>The domain under which <c>accel-object.&lt;domain&gt;</c> and <c>accel-object.&lt;region&gt;.&lt;domain&gt;</c> are served.</summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>The largest number of simultaneous client connections; fewer when the process's limit of open files leaves no room for so many.</summary>
    public int MaxConnections { get; set; } = 8192;

    /// <summary>
    /// Whether stored bytes go from the cache's files to clients within the kernel (sendfile), over sockets of our own. Otherwise they are read and
    /// written, over the server's own sockets.
    /// </summary>
    public bool ZeroCopy { get; set; } = OperatingSystem.IsLinux();

    /// <summary>With <see cref="ZeroCopy"/>: a client that takes nothing for this long, while there is more to send, is cut off; 1 second to 10 minutes.</summary>
    public TimeSpan SendStallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long cached objects are served while their region can't be asked, after the last moment at which they were known to be current; up to 7 days.</summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long cached signing keys verify requests while the control plane can't be asked, after it was last heard; 1 s to 7 days.</summary>
    public TimeSpan ControlPlaneMaxSilence { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many access keys that were never found are asked of the control plane each second at most, 1 to 10,000; above it requests that use one are
    /// answered 503. A flood of made-up keys costs the control plane no more than that.
    /// </summary>
    public int UnseenKeysPerSecond { get; set; } = 50;

    /// <summary>
    /// How many bucket names that were never found are looked up in the control plane's directory each second at most, 1 to 10,000; above it requests
    /// that name one are answered 503. New buckets count too.
    /// </summary>
    public int UnseenBucketsPerSecond { get; set; } = 100;

    /// <summary>
    /// How long the start waits for the feeds to be heard, so that the edge is ready when it is announced; up to 1 minute. After it the edge serves
    /// as far as it can, and becomes ready when it is.
    /// </summary>
    public TimeSpan StartupPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The log of requests; off unless it has a path.</summary>
    public AccessLogOptions AccessLog { get; } = new();

    /// <summary>The bounds of the audit log.</summary>
    public AuditOptions Audit { get; } = new();

    /// <summary>The bounds of fetching from origins.</summary>
    public FillOptions Fill { get; } = new();

    /// <summary>The bounds of the connections to origins and the control plane.</summary>
    public UpstreamOptions Upstream { get; } = new();
}

/// <summary>A token of the admin API.</summary>
public sealed class AdminTokenOptions
{
    /// <summary>What records call who carries it, e.g. <c>ops</c>.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The secret itself; at least <see cref="EdgeOptionsValidator.MinSecretLength"/> characters.</summary>
    public string Token { get; set; } = string.Empty;
}

/// <summary>Another edge of the datacenter.</summary>
public sealed class EdgePeerOptions
{
    /// <summary>The edge's name, e.g. <c>LGA2</c>.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Its internal listener: its <see cref="EdgeOptions.PeerUrl"/> as this edge reaches it.</summary>
    public string Url { get; set; } = string.Empty;
}

/// <summary>A region of the deployment as an edge reaches it.</summary>
public sealed class EdgeRegionOptions
{
    /// <summary>The region's name, e.g. <c>ORD1</c>.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The origin's S3 listener.</summary>
    public string S3Url { get; set; } = string.Empty;

    /// <summary>The origin's admin listener.</summary>
    public string AdminUrl { get; set; } = string.Empty;
}
