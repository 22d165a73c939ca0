using System.Buffers.Binary;
using System.Security.Cryptography;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>
/// ETag and checksum of an object made of parts, from the parts' own, without a look at the bytes
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">checksums of multipart uploads</see>):
/// the ETag is the MD5 of the parts' MD5s; a composite checksum likewise; a full-object CRC is combined from the parts' CRCs and lengths.
/// </summary>
internal sealed class UploadSeal(string? declaredChecksum, long? declaredSize)
{
    public Outcome<SealedObject> Seal(StoredUpload upload, IReadOnlyList<StoredPart> parts)
    {
        var size = parts.Sum(static p => p.Size);
        if (declaredSize is { } expectedSize && expectedSize != size)
        {
            return new S3Error(
                S3ErrorCode.InvalidRequest,
                $"The provided 'x-amz-mp-object-size' header value {expectedSize} does not match what was computed: {size}");
        }

        var checksum = ChecksumOf(upload, parts);
        return declaredChecksum is not null && (checksum is null || !Agrees(declaredChecksum, checksum.Value))
            ? new S3Error(S3ErrorCode.BadDigest, "The checksum you specified did not match the calculated checksum.")
            : new SealedObject(ETagOf(parts), checksum);
    }

    internal static string ETagOf(IReadOnlyList<StoredPart> parts)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var part in parts)
        {
            md5.AppendData(Convert.FromHexString(part.ETag));
        }

        return $"{Convert.ToHexStringLower(md5.GetHashAndReset())}-{parts.Count}";
    }

    internal static ObjectChecksum? ChecksumOf(StoredUpload upload, IReadOnlyList<StoredPart> parts)
    {
        var algorithm = upload.ChecksumAlgorithm ?? ChecksumAlgorithm.Crc64Nvme;
        var type = upload.ChecksumType ?? ChecksumType.FullObject;
        var values = new List<(byte[] Value, long Length)>(parts.Count);
        foreach (var part in parts)
        {
            if (part.Checksum?.Algorithm != algorithm || !ChecksumValue.TryDecode(algorithm, part.Checksum.Value, out var value))
            {
                return null;
            }

            values.Add((value, part.Size));
        }

        return type == ChecksumType.Composite
            ? new ObjectChecksum(algorithm, type, $"{ChecksumValue.Encode(CompositeOf(algorithm, values))}-{parts.Count}")
            : CombinedOf(algorithm, values) is { } combined ? new ObjectChecksum(algorithm, type, ChecksumValue.Encode(combined)) : null;
    }

    // Clients repeat a composite value with or without its number of parts.
    private static bool Agrees(string declared, string computed) =>
        declared == computed || (computed.Contains('-', StringComparison.Ordinal) && declared == computed[..computed.IndexOf('-', StringComparison.Ordinal)]);

    private static byte[] CompositeOf(ChecksumAlgorithm algorithm, List<(byte[] Value, long Length)> values)
    {
        using var hasher = ChecksumHasher.Create(algorithm);
        foreach (var (value, _) in values)
        {
            hasher.Append(value);
        }

        return hasher.GetHashAndReset();
    }

    private static byte[]? CombinedOf(ChecksumAlgorithm algorithm, List<(byte[] Value, long Length)> values)
    {
        ulong crc = 0;
        foreach (var (value, length) in values)
        {
            switch (algorithm)
            {
                case ChecksumAlgorithm.Crc32:
                    crc = Crc32.Combine((uint)crc, BinaryPrimitives.ReadUInt32BigEndian(value), length);
                    break;
                case ChecksumAlgorithm.Crc32C:
                    crc = Crc32C.Combine((uint)crc, BinaryPrimitives.ReadUInt32BigEndian(value), length);
                    break;
                case ChecksumAlgorithm.Crc64Nvme:
                    crc = Crc64Nvme.Combine(crc, BinaryPrimitives.ReadUInt64BigEndian(value), length);
                    break;
                case ChecksumAlgorithm.Sha1 or ChecksumAlgorithm.Sha256:
                    return null;
            }
        }

        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, crc);
        return bytes[^ChecksumNames.ByteLength(algorithm)..];
    }
}
