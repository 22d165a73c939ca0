using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.Operations;

/// <summary>What operations work with.</summary>
internal sealed record OriginServices(
    OriginCatalog Catalog, BlobStore Blobs, IBucketDirectory Directory, Authorizer Authorizer, OriginOptions Options, TimeProvider Time, ILoggerFactory Loggers);
