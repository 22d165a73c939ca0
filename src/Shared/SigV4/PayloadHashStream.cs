using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// Passes a body on while it computes its SHA-256, and compares it with <c>x-amz-content-sha256</c> at the end. The body counts as authentic only
/// once a read has returned 0. Not safe for concurrent reads; does not dispose the body.
/// </summary>
public sealed class PayloadHashStream : AsyncReadStream
{
    private readonly Stream _body;
    private readonly string _expectedHex;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private S3Error? _failure;
    private bool _isVerified;

    /// <summary>Starts to pass on <paramref name="body"/>, whose hash the client says is <paramref name="expectedHex"/>.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="expectedHex">64 hexadecimal digits: <see cref="SigV4Claim.PayloadHash"/> of a claim of <see cref="PayloadKind.Hash"/>.</param>
    public PayloadHashStream(Stream body, string expectedHex)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(expectedHex.Length, Hex.HashLength, nameof(expectedHex));
        (_body, _expectedHex) = (body, expectedHex);
    }

    /// <summary>Reads on. Returns 0 only when the whole body agreed with its hash.</summary>
    /// <exception cref="S3Exception"><see cref="S3ErrorCode.XAmzContentSHA256Mismatch"/> at the end of a body with another hash.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_failure is not null)
        {
            throw new S3Exception(_failure);
        }

        if (buffer.IsEmpty || _isVerified)
        {
            return 0;
        }

        var read = await _body.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _hash.AppendData(buffer.Span[..read]);
            return read;
        }

        Verify();
        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Verify()
    {
        var computed = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (!string.Equals(computed, _expectedHex, StringComparison.OrdinalIgnoreCase))
        {
            _failure = new S3Error(S3ErrorCode.XAmzContentSHA256Mismatch, null,
                [new("ClientComputedContentSHA256", _expectedHex), new("S3ComputedContentSHA256", computed)]);
            throw new S3Exception(_failure);
        }

        _isVerified = true;
    }
}
