using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Identity;

/// <summary>
/// The deployment's directory of bucket names: in the identity database on the control plane's host, over HTTP elsewhere.
/// A null answer or <see cref="ReservationOutcome.Unavailable"/> means that the control plane can't be reached.
/// </summary>
internal interface IBucketDirectory
{
    /// <summary>Takes a name for a region and organization before the bucket is made there.</summary>
    Task<Reservation> ReserveAsync(string bucket, string region, string organizationId, CancellationToken cancellationToken);

    /// <summary>Gives a name back after its bucket was deleted; does nothing when another region has it. False when the control plane is away.</summary>
    Task<bool> ReleaseAsync(string bucket, string region, CancellationToken cancellationToken);

    /// <summary>The buckets of an organization in the order of their names.</summary>
    Task<IReadOnlyList<DirectoryEntry>?> ListAsync(string organizationId, CancellationToken cancellationToken);
}

/// <summary>The answer to a reservation.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Entry">The entry that holds the name now; null when unavailable.</param>
internal readonly record struct Reservation(ReservationOutcome Outcome, DirectoryEntry? Entry);

/// <summary>What became of a reservation.</summary>
internal enum ReservationOutcome
{
    /// <summary>The name was free and is now taken.</summary>
    Reserved,

    /// <summary>The name was taken before.</summary>
    Taken,

    /// <summary>The control plane can't be reached.</summary>
    Unavailable,
}
