using System.Security.Cryptography;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Encryption;

/// <summary>The plain bytes of objects above the blobs, encrypted there or not.</summary>
internal sealed partial class SegmentStore(BlobStore blobs, KeyRing ring, ILogger<SegmentStore> logger)
{
    /// <summary>Begins a segment. ServiceUnavailable when the disk is full or fails, or the ring can't be written.</summary>
    /// <param name="expectedLength">Its plain length in bytes when known.</param>
    /// <param name="protection">How it is encrypted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Outcome<SegmentWriter>> BeginAsync(long? expectedLength, Protection protection, CancellationToken cancellationToken)
    {
        if (protection.Kind == ObjectEncryption.None)
        {
            var plain = await blobs.BeginAsync(expectedLength, cancellationToken);
            return plain.Succeeded ? new SegmentWriter(plain.Value, null) : plain.Error;
        }

        byte[] envelope;
        var key = RandomNumberGenerator.GetBytes(ChunkCipher.KeySize);
        try
        {
            envelope = protection.CustomerKey is { } customerKey ? KeyEnvelope.Seal(key, customerKey) : KeyEnvelope.Seal(key, ring.Current());
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            LogNoKey(e);
            return DiskErrors.ToS3Error(e);
        }

        var begun = await blobs.BeginAsync(expectedLength is { } length ? CipherLayout.StoredLength(length) : null, cancellationToken);
        return begun.Succeeded ? new SegmentWriter(begun.Value, new SegmentSeal(key, envelope, protection)) : begun.Error;
    }

    /// <summary>Opens a segment for positional reads of its plain bytes. Errors as of <see cref="BlobStore.OpenRead"/>; InternalError when its key is lost.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="customerKey">The customer's key, already recognised.</param>
    public Outcome<SegmentReader> OpenRead(BlobSegment segment, CustomerKey? customerKey)
    {
        ChunkCipher? cipher = null;
        if (segment.Envelope is { } envelope)
        {
            Span<byte> key = stackalloc byte[ChunkCipher.KeySize];
            if (!KeyEnvelope.TryOpen(envelope, ring, customerKey, key))
            {
                LogLost(segment.Blob);
                return S3ErrorCode.InternalError;
            }

            cipher = new ChunkCipher(key);
            CryptographicOperations.ZeroMemory(key);
        }

        var opened = blobs.OpenRead(segment);
        if (!opened.Succeeded)
        {
            cipher?.Dispose();
            return opened.Error;
        }

        return new SegmentReader(opened.Value, cipher, segment.PlainLength);
    }

    [LoggerMessage(2002, LogLevel.Critical, "Blob {Blob} can't be decrypted: the key that seals it is not in the key ring, or its envelope was changed.")]
    private partial void LogLost(BlobId blob);

    [LoggerMessage(2003, LogLevel.Error, "Nothing can be encrypted: the key ring can't be written.")]
    private partial void LogNoKey(Exception exception);
}
