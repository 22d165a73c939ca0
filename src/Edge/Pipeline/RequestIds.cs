using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Pipeline;

/// <summary>
/// Makes the ids of requests: 16 hexadecimal digits, no two alike in a process and, begun at random, hardly any in two. They are names, not secrets: asking the
/// system for random bytes for each took half a microsecond.
/// </summary>
internal sealed class RequestIds
{
    private readonly ulong _mask = RandomBits();
    private ulong _count = RandomBits();

    /// <summary>The next id.</summary>
    public string Next() => (ChunkId.Mix(Interlocked.Increment(ref _count)) ^ _mask).ToString("X16", CultureInfo.InvariantCulture);

    private static ulong RandomBits()
    {
        Span<ulong> bits = stackalloc ulong[1];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(bits));
        return bits[0];
    }
}
