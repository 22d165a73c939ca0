using System.Security.Cryptography;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>Everything that is computed over a body while it passes: MD5 always, and the checksums asked for.</summary>
internal sealed class BodyDigests : IDisposable
{
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly ChecksumHasher[] _hashers;

    public BodyDigests(params IEnumerable<ChecksumAlgorithm> algorithms) => _hashers = [.. algorithms.Distinct().Select(ChecksumHasher.Create)];

    public void Append(ReadOnlySpan<byte> data)
    {
        _md5.AppendData(data);
        foreach (var hasher in _hashers)
        {
            hasher.Append(data);
        }
    }

    /// <summary>Ends the computation and compares what was declared: BadDigest when it differs.</summary>
    public S3Error? Complete(DeclaredBody declared, IReadOnlyDictionary<string, string>? trailers, out CompletedDigests completed)
    {
        completed = new CompletedDigests(
            _md5.GetHashAndReset(), _hashers.ToDictionary(static h => h.Algorithm, static h => h.GetHashAndReset()));
        if (declared.ContentMd5 is not null && !declared.ContentMd5.AsSpan().SequenceEqual(completed.Md5))
        {
            return new S3Error(S3ErrorCode.BadDigest, "The Content-MD5 you specified did not match what we received.",
            [
                new("ExpectedDigest", Convert.ToBase64String(declared.ContentMd5)),
                new("CalculatedDigest", Convert.ToBase64String(completed.Md5)),
            ]);
        }

        if (declared.Checksum is not { } checksum)
        {
            return null;
        }

        var expected = checksum.Value;
        if (checksum.InTrailer)
        {
            if (trailers is null || !trailers.TryGetValue(ChecksumNames.HeaderName(checksum.Algorithm), out var text))
            {
                return new S3Error(S3ErrorCode.InvalidRequest, "The trailer that was announced did not come.");
            }

            if (!ChecksumValue.TryDecode(checksum.Algorithm, text, out expected))
            {
                return DeclaredChecksum.InvalidValue(checksum.Algorithm);
            }
        }

        return expected is null || expected.AsSpan().SequenceEqual(completed.Checksums[checksum.Algorithm])
            ? null
            : new S3Error(S3ErrorCode.BadDigest, $"The {ChecksumNames.ApiName(checksum.Algorithm)} you specified did not match the calculated checksum.");
    }

    public void Dispose()
    {
        _md5.Dispose();
        foreach (var hasher in _hashers)
        {
            hasher.Dispose();
        }
    }
}

/// <summary>The digests of a body.</summary>
internal sealed record CompletedDigests(byte[] Md5, IReadOnlyDictionary<ChecksumAlgorithm, byte[]> Checksums);
