namespace EdgeCache.Simulator.Workloads;

/// <summary>One read of one chunk.</summary>
/// <param name="At">When, in milliseconds since the start.</param>
/// <param name="Chunk">Which: dense numbers from 0.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Reader">Who: reads of one reader in a row are one touch.</param>
internal readonly record struct Access(long At, int Chunk, int Bytes, int Reader);
