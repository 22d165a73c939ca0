using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Peers;
using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Blocks;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;
using EdgeCache.Transport;
using Microsoft.Extensions.Options;

namespace EdgeCache.Edge.Hosting;

/// <summary>Checks the options as a whole and reports all that is wrong together.</summary>
public sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    /// <summary>The shortest cluster secret accepted, in characters.</summary>
    public const int MinSecretLength = 16;

    /// <summary>The most organizations that have a share of the cache.</summary>
    public const int MaxCacheShares = 128;

    /// <summary>The most drives that one edge takes.</summary>
    public const int MaxDrives = 64;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        var errors = new List<string>();
        Check(errors, IsNodeName(options.Name), $"Name '{options.Name}' must be 1 to 32 upper-case letters, digits or hyphens");
        CheckListenUrl(errors, nameof(options.S3Url), options.S3Url);
        CheckTls(errors, options);
        CheckListenUrl(errors, nameof(options.AdminUrl), options.AdminUrl);
        Check(errors, !string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory is empty");
        CheckSize(errors, nameof(options.CacheSize), options.CacheSize, ChunkCacheOptions.MinimumCapacity);
        CheckSmallShare(errors, options);
        CheckCacheShares(errors, options);
        Check(errors, options.MaxPinnedShare is >= 0 and <= 0.7, "MaxPinnedShare must lie between 0 and 0.7");
        CheckDrives(errors, options.CacheDirectories);
        Check(errors, options.CacheWritesPerDay is >= 0 and <= 1000, "CacheWritesPerDay must lie between 0 and 1000");
        Check(errors, Enum.IsDefined(options.Checksums), "Checksums must be 'strict' or 'once'");
        CheckSize(errors, nameof(options.ScrubBytesPerSecond), options.ScrubBytesPerSecond, 0);
        CheckSize(errors, nameof(options.MetadataMemory), options.MetadataMemory, 1 << 20);
        Check(errors, options.ClusterSecret.Length >= MinSecretLength, $"ClusterSecret must have at least {MinSecretLength} characters");
        CheckAdminTokens(errors, options.AdminTokens);
        CheckHttpUrl(errors, nameof(options.ControlPlaneAdminUrl), options.ControlPlaneAdminUrl);
        CheckRegions(errors, options);
        Check(errors, Uri.CheckHostName(options.Domain) == UriHostNameType.Dns, $"Domain '{options.Domain}' is not a host name");
        Check(errors, options.UnseenKeysPerSecond is >= 1 and <= 10_000, "UnseenKeysPerSecond must lie between 1 and 10000");
        Check(errors, options.UnseenBucketsPerSecond is >= 1 and <= 10_000, "UnseenBucketsPerSecond must lie between 1 and 10000");
        Check(errors, options.MaxConnections is >= 16 and <= 1_000_000, "MaxConnections must lie between 16 and 1000000");
        CheckTime(errors, nameof(options.SendStallTimeout), options.SendStallTimeout, TransportOptions.MinSendStallTimeout, TransportOptions.MaxSendStallTimeout);
        CheckTime(errors, nameof(options.MaxStaleness), options.MaxStaleness, TimeSpan.Zero, Week);
        CheckTime(errors, nameof(options.ControlPlaneMaxSilence), options.ControlPlaneMaxSilence, TimeSpan.FromSeconds(1), Week);
        CheckTime(errors, nameof(options.StartupPatience), options.StartupPatience, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        CheckFill(errors, options.Fill);
        CheckPeers(errors, options);
        CheckUpstream(errors, options.Upstream);
        errors.AddRange(options.Audit.Problems());
        errors.AddRange(options.AccessLog.Problems());
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckRegions(List<string> errors, EdgeOptions options)
    {
        Check(errors, options.Regions.Count is > 0 and <= 256, "Regions must name 1 to 256 regions");
        for (var i = 0; i < options.Regions.Count; i++)
        {
            var region = options.Regions[i];
            Check(errors, IsNodeName(region.Name), $"Regions:{i}:Name '{region.Name}' must be 1 to 32 upper-case letters, digits or hyphens");
            CheckHttpUrl(errors, $"Regions:{i}:S3Url", region.S3Url);
            CheckHttpUrl(errors, $"Regions:{i}:AdminUrl", region.AdminUrl);
        }

        Check(errors, options.Regions.Select(static r => r.Name).Distinct(StringComparer.Ordinal).Count() == options.Regions.Count,
            "Regions names a region twice");
        Check(errors, options.DefaultRegion.Length == 0 || options.Regions.Any(r => r.Name == options.DefaultRegion),
            $"DefaultRegion '{options.DefaultRegion}' is not one of Regions");
    }

    private static void CheckSmallShare(List<string> errors, EdgeOptions options)
    {
        Check(errors, options.SmallShare is >= 0.01 and <= 0.5, "SmallShare must lie between 0.01 and 0.5");
        if (!ByteSize.TryParse(options.CacheSize, out var capacity) || capacity < ChunkCacheOptions.MinimumCapacity)
            return;

        var small = (long)(capacity * options.SmallShare);
        Check(errors, small >= BlockStoreOptions.MinimumCapacity, $"SmallShare must leave {BlockStoreOptions.MinimumCapacity} bytes of CacheSize to small objects");
        Check(errors, capacity - small >= ChunkStoreOptions.MinimumCapacity, $"SmallShare must leave {ChunkStoreOptions.MinimumCapacity} bytes of CacheSize to large objects");
    }

    private static void CheckCacheShares(List<string> errors, EdgeOptions options)
    {
        var shares = options.CacheShares;
        var capacity = CacheSettings.CapacityOf(options);
        Check(errors, shares.Count <= MaxCacheShares, $"CacheShares must name at most {MaxCacheShares} organizations");
        Check(errors, shares.Select(static s => s.Organization).Distinct(StringComparer.Ordinal).Count() == shares.Count, "CacheShares names an organization twice");
        double floors = 0;
        for (var i = 0; i < shares.Count && capacity > 0; i++)
        {
            Check(errors, shares[i].Organization.Length is > 0 and <= OrganizationTable.MaxNameLength && !shares[i].Organization.Any(char.IsControl),
                $"CacheShares:{i}:Organization must have 1 to {OrganizationTable.MaxNameLength} characters");
            var floorIsGood = CacheShareOptions.TryParse(shares[i].Floor, capacity, out var floor);
            Check(errors, floorIsGood, $"CacheShares:{i}:Floor '{shares[i].Floor}' must be a size or percentage of at most the cache's capacity");
            double cap = 1;
            var capIsGood = shares[i].Cap.Length == 0 || (CacheShareOptions.TryParse(shares[i].Cap, capacity, out cap) && cap > 0);
            Check(errors, capIsGood, $"CacheShares:{i}:Cap '{shares[i].Cap}' must be a size or percentage of at most the cache's capacity, and not 0");
            Check(errors, !floorIsGood || !capIsGood || floor <= cap, $"CacheShares:{i}:Floor must be at most its Cap");
            floors += floor;
        }

        Check(errors, floors <= 1 + 1e-9, "CacheShares: the sum of all floors exceeds the cache's capacity");
    }

    private static void CheckDrives(List<string> errors, IList<string> directories)
    {
        Check(errors, directories.Count <= MaxDrives, $"CacheDirectories must name at most {MaxDrives} directories");
        Check(errors, !directories.Any(string.IsNullOrWhiteSpace), "CacheDirectories has an empty entry");
        var paths = directories.Where(static d => !string.IsNullOrWhiteSpace(d)).Select(static d => Path.TrimEndingDirectorySeparator(Path.GetFullPath(d)) + "/").ToList();
        Check(errors, !paths.Where((path, i) => paths.Where((other, j) => i != j && path.StartsWith(other, StringComparison.Ordinal)).Any()).Any(),
            "CacheDirectories names a directory twice, or one within another");
    }

    private static void CheckFill(List<string> errors, FillOptions fill)
    {
        Check(errors, fill.MaxActive is >= 1 and <= 1024, "Fill:MaxActive must lie between 1 and 1024");
        Check(errors, fill.MaxQueued is >= 1 and <= 1_000_000, "Fill:MaxQueued must lie between 1 and 1000000");
        CheckSize(errors, "Fill:MaxBytesInFlight", fill.MaxBytesInFlight, FillBuffers.MinimumBudget);
        Check(errors, ByteSize.TryParse(fill.MaxReadAhead, out var ahead) && ahead <= 1 << 30,
            $"Fill:MaxReadAhead '{fill.MaxReadAhead}' must be a size like 128MiB, of at most 1GiB");
        Check(errors, fill.MaxHeadstarts is >= 0 and <= 256, "Fill:MaxHeadstarts must lie between 0 and 256");
        CheckTime(errors, "Fill:StallTimeout", fill.StallTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));
        Check(errors, fill.MaxAttempts is >= 1 and <= 10, "Fill:MaxAttempts must lie between 1 and 10");
    }

    private static void CheckAdminTokens(List<string> errors, IList<AdminTokenOptions> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            Check(errors, tokens[i].Name.Length is > 0 and <= 64, $"AdminTokens:{i}:Name must have 1 to 64 characters");
            Check(errors, tokens[i].Token.Length >= MinSecretLength, $"AdminTokens:{i}:Token must have at least {MinSecretLength} characters");
        }

        Check(errors, tokens.DistinctBy(static t => t.Name).Count() == tokens.Count, "AdminTokens have the same name twice");
    }

    private static void CheckPeers(List<string> errors, EdgeOptions options)
    {
        var peers = options.Peers;
        for (var i = 0; i < peers.Count; i++)
        {
            Check(errors, IsNodeName(peers[i].Name), $"Peers:{i}:Name '{peers[i].Name}' must be 1 to 32 upper-case letters, digits or hyphens");
            CheckHttpUrl(errors, $"Peers:{i}:Url", peers[i].Url);
        }

        Check(errors, peers.Count <= PeerSet.MaxPeers, $"Peers must name at most {PeerSet.MaxPeers} edges");
        Check(errors, peers.DistinctBy(static p => p.Name).Count() == peers.Count, "Peers names an edge twice");
        Check(errors, options.PeersDns.Length == 0 || PeerParts.TryParseDns(options.PeersDns, out _), $"PeersDns '{options.PeersDns}' is not of the form <name>:<port>");
        Check(errors, peers.Count == 0 || options.PeersDns.Length == 0, "Peers and PeersDns are both given: the edges are either listed or found by name");
        if (options.PeerUrl.Length == 0)
        {
            Check(errors, peers.Count == 0 && options.PeersDns.Length == 0, "PeerUrl is empty: an edge with peers has to listen for them");
            return;
        }

        CheckListenUrl(errors, nameof(options.PeerUrl), options.PeerUrl);
        Check(errors, options.Fill.MaxAttempts >= 2, "Fill:MaxAttempts must be at least 2 with peers: the last attempt is the region's");
        Check(errors, !ByteSize.TryParse(options.Fill.MaxBytesInFlight, out var budget) || budget >= 2 * FillBuffers.MinimumBudget,
            $"Fill:MaxBytesInFlight must be at least {ByteSize.Format(2 * FillBuffers.MinimumBudget)} with peers");
    }

    private static void CheckUpstream(List<string> errors, UpstreamOptions upstream)
    {
        CheckTime(errors, "Upstream:ConnectTimeout", upstream.ConnectTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        CheckTime(errors, "Upstream:ReplyTimeout", upstream.ReplyTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Check(errors, upstream.MaxFillConnections is >= 1 and <= 1024, "Upstream:MaxFillConnections must lie between 1 and 1024");
        Check(errors, upstream.MaxPassthroughConnections is >= 1 and <= 65536, "Upstream:MaxPassthroughConnections must lie between 1 and 65536");
        CheckTime(errors, "Upstream:PassthroughActivityTimeout", upstream.PassthroughActivityTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    }

    private static void CheckTls(List<string> errors, EdgeOptions options)
    {
        if (options.S3TlsUrl.Length == 0)
        {
            Check(errors, options.TlsCertificate.Length == 0 && options.TlsKey.Length == 0, "S3TlsUrl is empty: TlsCertificate and TlsKey have no listener");
            return;
        }

        Check(errors, ListenUrl.TryParseTls(options.S3TlsUrl, out _), $"S3TlsUrl '{options.S3TlsUrl}' is not of the form https://<address>:<port>");
        Check(errors, options.TlsCertificate.Length > 0 && options.TlsKey.Length > 0, "S3TlsUrl needs TlsCertificate and TlsKey, the PEM files of a certificate and its key");
    }

    private static void CheckListenUrl(List<string> errors, string name, string value) =>
        Check(errors, ListenUrl.TryParse(value, out _), $"{name} '{value}' is not of the form http://<address>:<port>");

    private static void CheckHttpUrl(List<string> errors, string name, string value) =>
        Check(errors, Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https", $"{name} '{value}' is not an http URL");

    private static void CheckSize(List<string> errors, string name, string value, long minimum) =>
        Check(errors, ByteSize.TryParse(value, out var bytes) && bytes >= minimum,
            $"{name} '{value}' must be a size like 512MiB or 20GiB, of at least {minimum} bytes");

    private static void CheckTime(List<string> errors, string name, TimeSpan value, TimeSpan minimum, TimeSpan maximum) =>
        Check(errors, value >= minimum && value <= maximum, $"{name} must lie between {minimum} and {maximum}");

    private static bool IsNodeName(string text) =>
        text.Length is > 0 and <= 32 && text.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-');

    private static void Check(List<string> errors, bool condition, string error)
    {
        if (!condition)
        {
            errors.Add(error);
        }
    }
}
