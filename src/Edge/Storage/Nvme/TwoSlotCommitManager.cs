using System.Buffers.Binary;
using EdgeCache.Shared.Checksums;
using FASTER.core;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>
/// Keeps a log's commit metadata in one file of two 4 KiB slots, written in turn, so that a torn write leaves the commit before it. FASTER's
/// own manager accepts flipped bytes. A slot, little-endian:
/// <code>
///    0  u32  magic "ECSL"
///    4  u16  version, 1
///    6  u16  length of the metadata, n
///    8  i64  commit number; even numbers go to slot 0
///   16  n    FASTER's metadata
/// 16+n       zeros
/// 4092  u32  CRC32C of bytes 0 to 4091
/// </code>
/// </summary>
internal sealed class TwoSlotCommitManager : ILogCommitManager
{
    private const int SlotSize = 4096;
    private const uint Magic = 0x4C534345;
    private const ushort Version = 1;
    private const int MetadataOffset = 16;
    private const int ChecksumOffset = SlotSize - sizeof(uint);

    private readonly SafeFileHandle handle;
    private readonly bool sync;
    private readonly byte[] buffer = new byte[SlotSize];
    private IOException? fault;

    public TwoSlotCommitManager(string path, bool sync)
    {
        this.sync = sync;
        handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>The bytes of disk that the file takes.</summary>
    public const int DiskBytes = 2 * SlotSize;

    /// <summary>Why a commit could not be written, or null. It is final: the log must be opened anew.</summary>
    public IOException? Fault => Volatile.Read(ref fault);

    /// <inheritdoc/>
    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
        // FASTER calls this on its one commit worker, which an exception would stop for ever.
        try
        {
            if (commitMetadata.Length > ChecksumOffset - MetadataOffset)
                throw new IOException($"Commit metadata of {commitMetadata.Length} bytes does not fit its slot.");

            buffer.AsSpan().Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(buffer, Magic);
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(4), Version);
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(6), (ushort)commitMetadata.Length);
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(8), commitNum);
            commitMetadata.CopyTo(buffer.AsSpan(MetadataOffset));
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(ChecksumOffset), Crc32C.Append(0, buffer.AsSpan(0, ChecksumOffset)));
            RandomAccess.Write(handle, buffer, (commitNum & 1) * SlotSize);
            if (sync)
                RandomAccess.FlushToDisk(handle);
        }
        catch (IOException e)
        {
            Volatile.Write(ref fault, e);
        }
        catch (ObjectDisposedException e)
        {
            Volatile.Write(ref fault, new IOException("The log was closed.", e));
        }
    }

    /// <inheritdoc/>
    public byte[]? GetCommitMetadata(long commitNum) => Read(commitNum & 1) is var (number, metadata) && number == commitNum ? metadata : null;

    /// <inheritdoc/>
    public IEnumerable<long> ListCommits()
    {
        var numbers = new List<long>(2);
        for (var slot = 0; slot < 2; slot++)
        {
            if (Read(slot) is var (number, _))
                numbers.Add(number);
        }

        return numbers.OrderDescending();
    }

    /// <inheritdoc/>
    public void RemoveCommit(long commitNum)
    {
    }

    /// <inheritdoc/>
    public void RemoveAllCommits() => RandomAccess.SetLength(handle, 0);

    /// <inheritdoc/>
    public void OnRecovery(long commitNum)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private (long Number, byte[] Metadata)? Read(long slot)
    {
        var bytes = new byte[SlotSize];
        try
        {
            if (RandomAccess.Read(handle, bytes, slot * SlotSize) != SlotSize)
                return null;
        }
        catch (IOException)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(6));
        var intact = BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic &&
            BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(4)) == Version &&
            length <= ChecksumOffset - MetadataOffset &&
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumOffset)) == Crc32C.Append(0, bytes.AsSpan(0, ChecksumOffset));
        return intact ? (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)), bytes[MetadataOffset..(MetadataOffset + length)]) : null;
    }
}
