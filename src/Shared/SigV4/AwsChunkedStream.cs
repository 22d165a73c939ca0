using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// Decodes a body in <c>aws-chunked</c> coding and verifies the signature of each chunk and of the trailers
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html">chunked upload</see>,
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html">trailing headers</see>).
/// Bytes are handed out as they come; the last bytes of a chunk only after its signature agreed. The body counts as authentic and complete only once a
/// read has returned 0: a reader that counts bytes must still read to that end. Memory is fixed, however large a chunk is. Not safe for concurrent
/// reads; does not dispose the body.
/// </summary>
public sealed class AwsChunkedStream : AsyncReadStream
{
    /// <summary>The longest line before a chunk, in bytes.</summary>
    public const int MaxHeaderLength = 1024;

    /// <summary>The largest chunk: the largest object that one PUT may carry, 5 GiB.</summary>
    public const long MaxChunkSize = 5L << 30;

    private readonly LineBuffer _lines;
    private readonly ChunkSigner? _signer;
    private readonly IncrementalHash? _hash;
    private readonly PayloadKind _kind;
    private readonly long _decodedLength;
    private readonly string? _declaredTrailers;
    private readonly ChunkTrailers _trailers = new();
    private readonly byte[] _signature = new byte[ChunkSigner.SignatureLength];
    private State _state;
    private S3Error? _failure;
    private long _remainingInChunk;
    private long _decoded;

    /// <summary>Starts to decode the body of a verified request.</summary>
    /// <param name="body">The body as the HTTP layer gives it.</param>
    /// <param name="claim">The verified claim, of one of the streaming kinds; null for an anonymous request, whose chunks are not signed.</param>
    /// <param name="key">The key that verified the claim; null when the chunks are not signed.</param>
    /// <param name="decodedLength">The value of <c>x-amz-decoded-content-length</c>; -1 when the client did not send it.</param>
    /// <param name="declaredTrailers">The value of <c>x-amz-trailer</c>: exactly these must come. Null to take any.</param>
    /// <exception cref="ArgumentException">The claim is not of a streaming kind, or the key is missing.</exception>
    public AwsChunkedStream(Stream body, SigV4Claim? claim, SigningKey? key, long decodedLength, string? declaredTrailers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decodedLength, -1);
        _kind = claim?.PayloadKind ?? PayloadKind.StreamingUnsignedTrailer;
        if (_kind is PayloadKind.StreamingSigned or PayloadKind.StreamingSignedTrailer)
        {
            ArgumentNullException.ThrowIfNull(key);
            _signer = new ChunkSigner(key, claim!);
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else if (_kind != PayloadKind.StreamingUnsignedTrailer)
        {
            throw new ArgumentException("The body is not in chunks.", nameof(claim));
        }

        _lines = new LineBuffer(body);
        _decodedLength = decodedLength;
        _declaredTrailers = declaredTrailers;
    }

    private enum State
    {
        /// <summary>Before a line that gives a chunk's size.</summary>
        Header,

        /// <summary>Within a chunk's bytes.</summary>
        Data,

        /// <summary>Before the line end that follows a chunk's bytes.</summary>
        DataEnd,

        /// <summary>After the last chunk, up to the end of the body.</summary>
        Trailers,

        /// <summary>All is read and verified.</summary>
        Complete,
    }

    /// <summary>The trailers by lower-case name, without their signature. Complete and, if of the signed kind, verified once a read has returned 0.</summary>
    public IReadOnlyDictionary<string, string> Trailers => _trailers.Values;

    /// <summary>Reads decoded bytes. Returns 0 only at the verified end.</summary>
    /// <exception cref="S3Exception"><see cref="S3ErrorCode.SignatureDoesNotMatch"/>; <see cref="S3ErrorCode.IncompleteBody"/> when the body is truncated
    /// or its length is not the declared one; <see cref="S3ErrorCode.InvalidRequest"/> when the coding or the trailers are malformed. Every later read
    /// throws the same.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_failure is not null)
        {
            throw new S3Exception(_failure);
        }

        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_state != State.Complete)
        {
            if (_state == State.Data)
            {
                var most = (int)Math.Min(buffer.Length, _remainingInChunk);
                var read = await _lines.ReadAsync(buffer[..most], cancellationToken);
                TakeData(buffer.Span[..read]);
                return read;
            }

            if (!TakeLine() && await _lines.FillAsync(cancellationToken) == 0)
            {
                TakeEnd();
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void TakeData(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            throw Failed(S3ErrorCode.IncompleteBody);
        }

        _hash?.AppendData(data);
        _decoded += data.Length;
        _remainingInChunk -= data.Length;
        if (_remainingInChunk == 0)
        {
            VerifyChunk();
            _state = State.DataEnd;
        }
    }

    /// <summary>Takes the next line in the way of the state; false when it is not there yet.</summary>
    private bool TakeLine()
    {
        var maxLength = _state == State.Trailers ? LineBuffer.Capacity : MaxHeaderLength;
        if (!_lines.TryTakeLine(maxLength, out var line, out var tooLong))
        {
            return tooLong ? throw Failed(Malformed("A line of the chunked coding is too long.")) : false;
        }

        if (_state == State.Header)
        {
            TakeHeader(line);
        }
        else if (_state == State.DataEnd)
        {
            _state = line.IsEmpty ? State.Header : throw Failed(Malformed("A chunk does not end where its size says."));
        }
        else
        {
            TakeTrailer(line);
        }

        return true;
    }

    private void TakeHeader(ReadOnlySpan<byte> line)
    {
        if (!ChunkHeader.TryParse(line, MaxChunkSize, out var header))
        {
            throw Failed(Malformed("A chunk's size is malformed or too large."));
        }

        if (_signer is not null)
        {
            if (header.Signature.Length != _signature.Length)
            {
                throw Failed(S3ErrorCode.SignatureDoesNotMatch);
            }

            header.Signature.CopyTo(_signature);
        }

        if (header.Size == 0)
        {
            VerifyChunk();
            _state = State.Trailers;
        }
        else if (_decodedLength >= 0 && header.Size > _decodedLength - _decoded)
        {
            throw Failed(S3ErrorCode.IncompleteBody);
        }
        else
        {
            _remainingInChunk = header.Size;
            _state = State.Data;
        }
    }

    private void VerifyChunk()
    {
        if (_signer is null)
        {
            return;
        }

        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[ChunkSigner.SignatureLength];
        _hash!.GetHashAndReset(sha256);
        _signer.SignChunk(sha256, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, _signature))
        {
            throw Failed(S3ErrorCode.SignatureDoesNotMatch);
        }
    }

    private void TakeTrailer(ReadOnlySpan<byte> line)
    {
        var error = _kind == PayloadKind.StreamingSigned && !line.IsEmpty
            ? Malformed("Bytes follow the last chunk.")
            : _trailers.Take(line, _declaredTrailers);
        if (error is not null)
        {
            throw Failed(error);
        }
    }

    private void TakeEnd()
    {
        if (_state != State.Trailers || !_lines.IsEmpty || (_decodedLength >= 0 && _decoded != _decodedLength))
        {
            throw Failed(S3ErrorCode.IncompleteBody);
        }

        if (_kind != PayloadKind.StreamingSigned &&
            _trailers.Complete(_declaredTrailers, _kind == PayloadKind.StreamingSignedTrailer ? _signer : null) is { } error)
        {
            throw Failed(error);
        }

        _state = State.Complete;
    }

    private static S3Error Malformed(string message) => new(S3ErrorCode.InvalidRequest, message);

    private S3Exception Failed(S3Error error)
    {
        _failure = error;
        return new S3Exception(error);
    }
}
