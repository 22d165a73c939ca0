using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>The name of one chunk: an aligned piece of one generation. A generation never recurs, so a chunk's bytes never change.</summary>
/// <param name="Generation">The stored state of the object that the bytes belong to.</param>
/// <param name="Index">The piece's number within the object, from 0: see <see cref="ChunkGeometry.OffsetOf"/>.</param>
internal readonly record struct ChunkId(Generation Generation, int Index);
