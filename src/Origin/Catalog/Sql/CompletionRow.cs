using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>What a completed upload keeps, to answer a repeated completion.</summary>
internal sealed record CompletionRow(
    string Generation, string VersionId, string ETag, long Size, long LastModified, ObjectChecksum? Checksum, long Sequence);
