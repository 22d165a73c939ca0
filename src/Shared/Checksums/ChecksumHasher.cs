using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EdgeCache.Shared.Checksums;

/// <summary>Computes one checksum over data that arrives in pieces. Not safe for concurrent use.</summary>
public sealed class ChecksumHasher : IDisposable
{
    private readonly IncrementalHash? _digest;
    private ulong _crc;

    private ChecksumHasher(ChecksumAlgorithm algorithm)
    {
        Algorithm = algorithm;
        _digest = DigestOf(algorithm) is { } name ? IncrementalHash.CreateHash(name) : null;
    }

    /// <summary>Which checksum this computes.</summary>
    public ChecksumAlgorithm Algorithm { get; }

    /// <summary>Begins a checksum of no data yet.</summary>
    public static ChecksumHasher Create(ChecksumAlgorithm algorithm) => new(algorithm);

    /// <summary>The checksum of <paramref name="data"/> alone, big-endian.</summary>
    public static byte[] Hash(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        using var hasher = Create(algorithm);
        hasher.Append(data);
        return hasher.GetHashAndReset();
    }

    /// <summary>Goes on with <paramref name="data"/>.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        switch (Algorithm)
        {
            case ChecksumAlgorithm.Crc32:
                _crc = Crc32.Append((uint)_crc, data);
                break;
            case ChecksumAlgorithm.Crc32C:
                _crc = Crc32C.Append((uint)_crc, data);
                break;
            case ChecksumAlgorithm.Crc64Nvme:
                _crc = Crc64Nvme.Append(_crc, data);
                break;
            default:
                _digest!.AppendData(data);
                break;
        }
    }

    /// <summary>The checksum of all data so far, big-endian, <see cref="ChecksumNames.ByteLength"/> bytes; the next data begins a new one.</summary>
    public byte[] GetHashAndReset()
    {
        if (_digest is not null)
        {
            return _digest.GetHashAndReset();
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _crc);
        _crc = 0;
        return bytes[^ChecksumNames.ByteLength(Algorithm)..].ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _digest?.Dispose();

    private static HashAlgorithmName? DigestOf(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C or ChecksumAlgorithm.Crc64Nvme => null,
        ChecksumAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        ChecksumAlgorithm.Sha256 => HashAlgorithmName.SHA256,
    };
}
