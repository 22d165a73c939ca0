using EdgeCache.Edge.Storage.Nvme;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

/// <summary>What the medium may do to a stored chunk.</summary>
internal enum DamageKind
{
    FlippedByte,
    FlippedHeader,
    SwappedBlocks,
    TornRecord,
}

/// <summary>Spoils a stored chunk of at least three blocks in its segment file, behind the store's back.</summary>
internal static class Damage
{
    public static void Apply(DamageKind kind, ChunkLease lease)
    {
        const int Block = ChunkGeometry.BlockSize;
        switch (kind)
        {
            case DamageKind.FlippedByte:
                Flip(lease, lease.FileOffset + Block + 17);
                break;
            case DamageKind.FlippedHeader:
                Flip(lease, lease.FileOffset - ChunkGeometry.HeaderSize + 70);
                break;
            case DamageKind.SwappedBlocks:
                var (first, second) = (Read(lease, lease.FileOffset, Block), Read(lease, lease.FileOffset + Block, Block));
                RandomAccess.Write(lease.Handle, second, lease.FileOffset);
                RandomAccess.Write(lease.Handle, first, lease.FileOffset + Block);
                break;
            case DamageKind.TornRecord:
                // The first half of the record was written, the rest is what was there before.
                RandomAccess.Write(lease.Handle, new byte[lease.Length - Block], lease.FileOffset + Block);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    private static void Flip(ChunkLease lease, long position) => RandomAccess.Write(lease.Handle, [(byte)~Read(lease, position, 1)[0]], position);

    private static byte[] Read(ChunkLease lease, long position, int length)
    {
        var bytes = new byte[length];
        Assert.Equal(length, RandomAccess.Read(lease.Handle, bytes, position));
        return bytes;
    }
}
