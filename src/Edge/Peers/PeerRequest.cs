using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Peers;

/// <summary>
/// What one edge asks of another: a range of a chunk, with all that the other needs to fetch it from the region. It is the query of a GET, so that the
/// request's signature covers all of it. Who may read was decided by the edge that asks.
/// </summary>
/// <param name="Version">Of the version only what a fetch needs: bucket, key, generation, version id, size and ETag.</param>
/// <param name="Region">The home region's name.</param>
/// <param name="Organization">Whose share of the fills' budget it takes.</param>
/// <param name="IsWarmUp">Whether nobody waits for the bytes.</param>
/// <param name="Offset">The first byte, within the object.</param>
/// <param name="Length">How many bytes, within one chunk.</param>
internal sealed record PeerRequest(VersionFacts Version, string Region, string Organization, bool IsWarmUp, long Offset, int Length)
{
    /// <summary>Where an edge answers with its name.</summary>
    public const string HelloPath = "/internal/v1/peer/hello";

    /// <summary>Where an edge answers with bytes.</summary>
    public const string ChunkPath = "/internal/v1/peer/chunk";

    private const int MaxNameLength = 256;

    /// <summary>What to ask for a fill.</summary>
    public static PeerRequest Of(FillTarget target, long offset, int length) =>
        new(target.Version, target.Region.Name, target.Organization, target.Priority == FillPriority.WarmUp, offset, length);

    /// <summary>The fill's target at the edge that is asked. It never asks further: that is what keeps requests from going in circles.</summary>
    public FillTarget Target(Region region) =>
        new(Version, region, Organization, IsWarmUp ? FillPriority.WarmUp : FillPriority.Foreground, RegionOnly: true);

    /// <summary>Path and query.</summary>
    public string ToTarget() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ChunkPath}?bucket={Version.Bucket}&key={Encode(Version.Key)}&version={Encode(Version.VersionId)}&generation={Version.Generation}&etag={Encode(Version.ETag)}&size={Version.Size}&region={Encode(Region)}&organization={Encode(Organization)}&warm={(IsWarmUp ? 1 : 0)}&offset={Offset}&length={Length}");

    /// <summary>Reads a query; false when anything in it is missing or impossible.</summary>
    /// <param name="rawQuery">Without its question mark.</param>
    /// <param name="request">What is asked for.</param>
    public static bool TryParse(string rawQuery, [NotNullWhen(true)] out PeerRequest? request)
    {
        request = null;
        if (!S3Query.TryParse(rawQuery, out var query) ||
            !BucketName.TryParse(query.Get("bucket"), out _) || !ObjectKey.TryParse(query.Get("key"), out _) ||
            !Generation.TryParse(query.Get("generation"), out var generation) ||
            query.Get("version") is not { Length: <= MaxNameLength } version || !IsHeaderText(version) ||
            query.Get("etag") is not { Length: > 0 and <= MaxNameLength } etag || !IsHeaderText(etag) ||
            query.Get("region") is not { Length: > 0 and <= MaxNameLength } region ||
            query.Get("organization") is not { Length: <= MaxNameLength } organization ||
            !TryNumber(query.Get("size"), out var size) || !TryNumber(query.Get("offset"), out var offset) || !TryNumber(query.Get("length"), out var length) ||
            length is < 1 or > ChunkGeometry.PayloadSize || offset > size - length || offset > long.MaxValue / 2 ||
            offset / ChunkGeometry.PayloadSize > int.MaxValue || ChunkGeometry.IndexOf(offset) != ChunkGeometry.IndexOf(offset + length - 1))
        {
            return false;
        }

        var facts = new VersionFacts
        {
            Bucket = query.Get("bucket")!, Key = query.Get("key")!, Generation = generation, VersionId = version, Size = size, ETag = etag,
        };
        request = new PeerRequest(facts, region, organization, query.Get("warm") == "1", offset, (int)length);
        return true;
    }

    private static string Encode(string text) => PercentEncoding.Encode(text, keepSlash: false);

    private static bool TryNumber(string? text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsHeaderText(string text) => text.All(static c => c is > ' ' and <= '~' and not '"');
}
