using System.Buffers.Binary;
using EdgeCache.Edge.Filling;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Edge.Peers;

/// <summary>Why an edge can't go on with an answer that it has begun.</summary>
internal enum PeerFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The region says that the version is gone.</summary>
    VersionGone,

    /// <summary>The region can't be reached, or refuses.</summary>
    Unavailable,

    /// <summary>Too many fetches wait already, or this one is under way by way of a third edge.</summary>
    Busy,
}

/// <summary>
/// The body of an answer with bytes is a sequence of frames: 8 bytes of header, and the payload. The header has, little-endian, the payload's length (4 bytes)
/// and its CRC-32C (4 bytes). A length of 0 says only that the edge is alive and waits for bytes itself; a negative one, that it can't go on, and why
/// (minus the number of the <see cref="PeerFault"/>). The body ends after the last byte that was asked for, or after a fault.
/// </summary>
internal readonly record struct PeerFrame(int Length, uint Checksum)
{
    /// <summary>The header's size in bytes.</summary>
    public const int HeaderSize = 8;

    /// <summary>The most payload of a frame, in bytes: what a read of the store takes at a time.</summary>
    public const int MaxPayload = 256 << 10;

    /// <summary>What is said while there is nothing to send.</summary>
    public static PeerFrame Alive { get; } = new(0, 0);

    /// <summary>Whether this is how a peer says that it waits.</summary>
    public bool IsAlive => Length == 0;

    /// <summary>Why the answer ends here; none when payload follows.</summary>
    public PeerFault Fault => Length >= 0 ? PeerFault.None : Enum.IsDefined((PeerFault)(-(long)Length)) ? (PeerFault)(-(long)Length) : PeerFault.Unavailable;

    /// <summary>The frame around a payload.</summary>
    public static PeerFrame Of(ReadOnlySpan<byte> payload) => new(payload.Length, Crc32C.Append(0, payload));

    /// <summary>The frame that ends an answer early.</summary>
    public static PeerFrame Of(ReadFault fault) => new(
        -(int)(fault switch
        {
            ReadFault.VersionGone => PeerFault.VersionGone,
            ReadFault.Busy => PeerFault.Busy,
            ReadFault.Unavailable or ReadFault.None => PeerFault.Unavailable,
        }),
        0);

    /// <summary>Reads a header.</summary>
    public static PeerFrame Read(ReadOnlySpan<byte> header) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(int)..]));

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> header)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(int)..], Checksum);
    }
}
