using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Operations.Torrents;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Operations;

/// <summary>What operations work with.</summary>
internal sealed record OriginServices(
    OriginCatalog Catalog,
    BlobStore Blobs,
    SegmentStore Segments,
    IBucketDirectory Directory,
    RegionReader Regions,
    CopySourceStatement CopySources,
    Authorizer Authorizer,
    FormAuthenticator Forms,
    PieceHashes Torrents,
    Organizations Organizations,
    OriginOptions Options,
    PiecePool Pieces,
    TimeProvider Time,
    ILoggerFactory Loggers);
