using System.Numerics;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>The name of one chunk: an aligned piece of one generation. A generation never recurs, so a chunk's bytes never change.</summary>
/// <param name="Generation">The stored state of the object that the bytes belong to.</param>
/// <param name="Index">The piece's number within the object, from 0: see <see cref="ChunkGeometry.OffsetOf"/>.</param>
internal readonly record struct ChunkId(Generation Generation, int Index)
{
    /// <summary>A well-mixed hash of the name, the same in every process: places and ghosts of chunks follow from it.</summary>
    public ulong Hash => Mix(Generation.High ^ BitOperations.RotateLeft(Generation.Low, 32) ^ ((ulong)Index * 0x9E3779B97F4A7C15));

    /// <summary>Spreads every bit of a value over all 64 (the finaliser of SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
