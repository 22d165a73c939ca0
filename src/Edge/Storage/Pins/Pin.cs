using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage.Pins;

/// <summary>One version of an object that is kept in the cache.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's key.</param>
/// <param name="VersionId">The S3 version id; empty when the bucket was never versioned.</param>
/// <param name="Generation">The identity of its bytes.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Since">When it was pinned first.</param>
/// <param name="ExpiresAt">Until when; null: until it is released.</param>
/// <param name="By">Who pinned it last.</param>
internal sealed record Pin(
    string Bucket, string Key, string VersionId, Generation Generation, long Size, DateTimeOffset Since, DateTimeOffset? ExpiresAt, string By);
