using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Torrents;

/// <summary>The SHA-1s of objects' pieces: computed from the bytes, few at a time, and kept for those asked for last.</summary>
internal sealed class PieceHashes(SegmentStore segments, BlobStore blobs) : IDisposable
{
    /// <summary>How many objects are hashed at a time: each reads all of its bytes.</summary>
    public const int MaxConcurrency = 2;

    /// <summary>How many more may wait; above it requests are told to slow down.</summary>
    public const int MaxWaiting = 16;

    /// <summary>How many objects' hashes are kept: at most 40 KiB each.</summary>
    public const int MaxKept = 64;

    private const int MinPieceLength = 256 * 1024;
    private const int MaxPieces = 2048;

    private readonly SemaphoreSlim _turns = new(MaxConcurrency);
    private readonly Lock _gate = new();
    private readonly Queue<Generation> _order = new();
    private readonly Dictionary<Generation, byte[]> _kept = [];
    private int _waiting;

    /// <summary>The length of a piece: a power of two, so that there are at most <see cref="MaxPieces"/>.</summary>
    public static long PieceLengthOf(long size)
    {
        long length = MinPieceLength;
        while (size > length * MaxPieces)
        {
            length *= 2;
        }

        return length;
    }

    /// <summary>The hashes of an object's pieces, one after another. SlowDown when too many wait; errors of the disk as of a GET.</summary>
    public async Task<Outcome<byte[]>> HashAsync(VersionFacts facts, ImmutableArray<BlobSegment> bytes, CancellationToken cancellationToken)
    {
        if (Find(facts.Generation) is { } kept)
        {
            return kept;
        }

        if (Interlocked.Increment(ref _waiting) > MaxConcurrency + MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return S3ErrorCode.SlowDown;
        }

        try
        {
            await _turns.WaitAsync(cancellationToken);
            try
            {
                var hashed = await ComputeAsync(facts.Size, bytes, cancellationToken);
                if (hashed.Succeeded)
                {
                    Keep(facts.Generation, hashed.Value);
                }

                return hashed;
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task<Outcome<byte[]>> ComputeAsync(long size, ImmutableArray<BlobSegment> bytes, CancellationToken cancellationToken)
    {
        using var hold = bytes.Length > 1 ? blobs.Holds.Enter() : null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var pieceLength = PieceLengthOf(size);
        var pieces = new MemoryStream();
        var left = pieceLength;
        var buffer = ArrayPool<byte>.Shared.Rent(MinPieceLength);
        try
        {
            foreach (var segment in bytes)
            {
                var opened = segments.OpenRead(segment, customerKey: null);
                if (!opened.Succeeded)
                {
                    return opened.Error;
                }

                using var reader = opened.Value;
                for (var offset = 0L; offset < reader.Length;)
                {
                    var read = await reader.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), offset, cancellationToken);
                    if (read == 0)
                    {
                        return S3ErrorCode.InternalError;
                    }

                    hash.AppendData(buffer, 0, read);
                    offset += read;
                    left -= read;
                    if (left == 0)
                    {
                        pieces.Write(hash.GetHashAndReset());
                        left = pieceLength;
                    }
                }
            }
        }
        catch (IOException e)
        {
            return DiskErrors.ToS3Error(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        if (left < pieceLength)
        {
            pieces.Write(hash.GetHashAndReset());
        }

        return pieces.ToArray();
    }

    private byte[]? Find(Generation generation)
    {
        lock (_gate)
        {
            return _kept.GetValueOrDefault(generation);
        }
    }

    private void Keep(Generation generation, byte[] pieces)
    {
        lock (_gate)
        {
            if (!_kept.TryAdd(generation, pieces))
            {
                return;
            }

            _order.Enqueue(generation);
            if (_order.Count > MaxKept)
            {
                _kept.Remove(_order.Dequeue());
            }
        }
    }
}
