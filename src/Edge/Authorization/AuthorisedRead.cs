using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Edge.Authorization;

/// <summary>
/// A version that this caller may read. Only <see cref="Authoriser"/> makes one, and look-up, fill and respond ask for one, so that no byte and no
/// header of an object leaves without a decision for this very caller.
/// </summary>
internal sealed class AuthorisedRead
{
    internal AuthorisedRead(AuthenticatedCaller caller, Region region, VersionFacts version, LifecycleConfiguration? lifecycle = null) =>
        (Caller, Region, Version, Lifecycle) = (caller, region, version, lifecycle);

    /// <summary>Who reads.</summary>
    public AuthenticatedCaller Caller { get; }

    /// <summary>The home region of the bucket.</summary>
    public Region Region { get; }

    /// <summary>What is read; may be a delete marker.</summary>
    public VersionFacts Version { get; }

    /// <summary>What tells when it ends; null when nothing does, or when it need not be the current version.</summary>
    public LifecycleConfiguration? Lifecycle { get; }
}
