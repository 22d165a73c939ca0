using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>A part as the client names it when it completes an upload.</summary>
/// <param name="PartNumber">Its number.</param>
/// <param name="ETag">The ETag that it got, unquoted.</param>
/// <param name="Checksum">The checksum value that the client repeats (base64); null when it does not.</param>
internal sealed record NamedPart(int PartNumber, string ETag, string? Checksum);

/// <summary>What an object made of parts is called by.</summary>
/// <param name="ETag">Its entity tag, unquoted.</param>
/// <param name="Checksum">Its checksum, if any.</param>
internal sealed record SealedObject(string ETag, ObjectChecksum? Checksum);

/// <summary>
/// Computes ETag and checksum of the object from its parts, or refuses. Runs inside the catalog's transaction on the one writer:
/// it must be pure and quick.
/// </summary>
internal delegate Outcome<SealedObject> SealParts(StoredUpload upload, IReadOnlyList<StoredPart> parts);

/// <summary>The completion of an upload.</summary>
/// <param name="BucketId">The bucket.</param>
/// <param name="Key">The object's key.</param>
/// <param name="UploadId">The upload.</param>
/// <param name="Parts">The parts to make the object of.</param>
/// <param name="Condition">What must hold of the current version.</param>
/// <param name="Seal">Computes ETag and checksum.</param>
internal sealed record UploadCompletion(
    long BucketId, string Key, string UploadId, IReadOnlyList<NamedPart> Parts, WriteCondition Condition, SealParts Seal);
