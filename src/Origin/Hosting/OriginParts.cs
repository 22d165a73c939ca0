using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Hosting;

/// <summary>What is open before requests are served.</summary>
/// <param name="Catalog">The region's metadata and change feed.</param>
/// <param name="Blobs">The region's bytes.</param>
/// <param name="ControlPlane">The control plane, when it is hosted here.</param>
/// <param name="Audit">Audit records on their way.</param>
internal sealed record OriginParts(OriginCatalog Catalog, BlobStore Blobs, ControlPlaneHost? ControlPlane, AuditSpools Audit);
