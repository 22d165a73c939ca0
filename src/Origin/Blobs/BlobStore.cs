using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Origin.Blobs;

/// <summary>
/// Immutable sequences of bytes: files in a directory, and small ones that are only memory here until the catalog commits them with their owner.
/// </summary>
internal sealed class BlobStore : IAsyncDisposable
{
    private readonly BlobStoreOptions _options;
    private readonly BlobLayout _layout;
    private readonly BlobFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DiskThreads _disk = new();
    private int _disposed;

    private BlobStore(BlobStoreOptions options, BlobLayout layout, BlobFiles files, TimeProvider time, ILogger logger)
    {
        (_options, _layout, _files, _time, _logger) = (options, layout, files, time, logger);
        Holds = new ReadHolds(time);
    }

    /// <summary>Entered by whoever reads an object of several blobs, for as long as that takes.</summary>
    public ReadHolds Holds { get; }

    /// <summary>Opens or creates the store, and deletes what unfinished writes left.</summary>
    /// <exception cref="IOException">The directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory can't be used.</exception>
    public static BlobStore Open(BlobStoreOptions options, TimeProvider time, ILoggerFactory loggers) =>
        Open(options, new BlobFiles(), time, loggers);

    /// <summary>As above, on other file operations.</summary>
    internal static BlobStore Open(BlobStoreOptions options, BlobFiles files, TimeProvider time, ILoggerFactory loggers)
    {
        var layout = new BlobLayout(Path.GetFullPath(options.Directory));
        Directory.CreateDirectory(layout.Temporary);
        foreach (var unfinished in Directory.EnumerateFiles(layout.Temporary))
        {
            File.Delete(unfinished);
        }

        for (var shard = 0; shard < BlobLayout.Shards; shard++)
        {
            Directory.CreateDirectory(layout.Shard(shard));
        }

        // The shards exist durably before any blob does, so that a blob's own directory is all that its commit must sync.
        files.FlushDirectory(layout.Blobs);
        files.FlushDirectory(layout.Root);
        files.FlushDirectory(Path.GetDirectoryName(layout.Root) ?? layout.Root);
        return new BlobStore(options, layout, files, time, loggers.CreateLogger<BlobStore>());
    }

    /// <summary>Begins a blob. ServiceUnavailable when the disk is full or fails.</summary>
    /// <param name="expectedLength">Its length in bytes when known: space is reserved and the length is verified.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Outcome<BlobWriter>> BeginAsync(long? expectedLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (CheckSpace(expectedLength ?? 0) is { } full)
            {
                return full;
            }

            if (expectedLength is { } length ? length <= SmallLimit : SmallLimit > 0)
            {
                return new BlobWriter(this, expectedLength);
            }

            var (file, path) = await CreateAsync(expectedLength);
            return new BlobWriter(this, file, path, expectedLength);
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            return Failed(e);
        }
    }

    /// <summary>
    /// Opens a blob for positional reads. InternalError when it is missing or has not the length that the catalog knows;
    /// ServiceUnavailable when it can't be opened.
    /// </summary>
    public Outcome<BlobHandle> OpenRead(BlobSegment segment)
    {
        if (segment.Content is { } content)
        {
            return content.Length == segment.Length ? new BlobHandle(content) : NotWhole(segment.Blob, null);
        }

        try
        {
            var file = File.OpenHandle(_layout.PathOf(segment.Blob), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) == segment.Length)
            {
                return new BlobHandle(file, segment.Length);
            }

            file.Dispose();
            return NotWhole(segment.Blob, null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return NotWhole(segment.Blob, e);
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            BlobLog.OpenFailed(_logger, segment.Blob, e);
            return S3ErrorCode.ServiceUnavailable;
        }
    }

    /// <summary>Makes blobs of the same bytes with a life of their own (hard links of files), durable like committed ones. For server-side copy.</summary>
    public async ValueTask<Outcome<ImmutableArray<BlobSegment>>> CloneAsync(
        ImmutableArray<BlobSegment> segments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (segments.All(static s => s.Content is not null))
        {
            return segments.Select(CloneSmall).ToImmutableArray();
        }

        var clones = new List<BlobSegment>(segments.Length);
        try
        {
            return await _disk.RunAsync<Outcome<ImmutableArray<BlobSegment>>>(() => Clone(segments, clones));
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            await DiscardAsync(clones);
            return Failed(e);
        }
    }

    /// <summary>Deletes blobs that no version or part has come to own; failures are logged and left to orphan collection.</summary>
    public async ValueTask DiscardAsync(IEnumerable<BlobSegment> segments) =>
        await DeleteAsync([.. segments.Where(static s => s.Content is null).Select(static s => s.Blob)]);

    /// <summary>Deletes the files of blobs; returns those that are gone.</summary>
    internal async ValueTask<IReadOnlyList<BlobId>> DeleteAsync(IReadOnlyList<BlobId> blobs)
    {
        if (blobs.Count == 0)
        {
            return [];
        }

        try
        {
            return await _disk.RunAsync(() => blobs.Where(id => TryDelete(_layout.PathOf(id))).ToList());
        }
        catch (IOException e)
        {
            BlobLog.DeleteFailed(_logger, e);
            return [];
        }
    }

    /// <summary>The blobs whose files are in one shard.</summary>
    /// <exception cref="IOException">The directory can't be read.</exception>
    internal Task<List<BlobId>> ListShardAsync(int shard) =>
        _disk.RunAsync(() =>
        {
            var found = new List<BlobId>();
            foreach (var path in Directory.EnumerateFiles(_layout.Shard(shard)))
            {
                if (BlobId.TryParse(Path.GetFileName(path.AsSpan()), out var id))
                {
                    found.Add(id);
                }
            }

            return found;
        });

    /// <summary>Waits for what the disk is doing.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? _disk.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>As <see cref="BlobStoreOptions.SmallLimit"/>.</summary>
    internal int SmallLimit => _options.SmallLimit;

    /// <summary>A blob of bytes in memory, which nobody changes any more.</summary>
    internal BlobSegment Small(byte[] content) => new(new BlobId(Generation.New(_time)), content.Length, content);

    /// <summary>Creates a file to write to.</summary>
    internal Task<(SafeFileHandle File, string Path)> CreateAsync(long? expectedLength) =>
        _disk.RunAsync(() =>
        {
            var path = _layout.NewTemporary(_time);
            return (_files.Create(path, expectedLength), path);
        });

    /// <summary>As <see cref="BlobFiles.StartWriteback"/>: it waits when the disk's queue is full, so not on the caller's thread.</summary>
    internal Task StartWritebackAsync(SafeFileHandle file, long offset, long length) =>
        _disk.RunAsync(() =>
        {
            _files.StartWriteback(file, offset, length);
            return true;
        });

    /// <summary>The file operations.</summary>
    internal BlobFiles Files => _files;

    /// <summary>Whether there is room for so many more bytes beside the reserve; null when there is.</summary>
    internal S3Error? CheckSpace(long bytes)
    {
        var free = _files.FreeBytes(_layout.Root);
        if (free - bytes >= _options.MinFreeBytes)
        {
            return null;
        }

        BlobLog.DiskReserveReached(_logger, free);
        return DiskErrors.Full;
    }

    /// <summary>Gives a written file its final name, durably. Its id is made now, so that its age counts from when it became visible.</summary>
    internal async ValueTask<BlobId> PublishAsync(SafeFileHandle file, string path) =>
        await _disk.RunAsync(() =>
        {
            _files.Flush(file);
            var id = new BlobId(Generation.New(_time));
            _files.Rename(path, _layout.PathOf(id));
            _files.FlushDirectory(_layout.ShardOf(id));
            return id;
        });

    /// <summary>Deletes a file that was not published.</summary>
    internal async ValueTask AbandonAsync(string path)
    {
        try
        {
            await _disk.RunAsync(() => TryDelete(path));
        }
        catch (IOException e)
        {
            BlobLog.DeleteFailed(_logger, e);
        }
    }

    /// <summary>Logs a failure and says what the client is told.</summary>
    internal S3Error Failed(Exception exception)
    {
        BlobLog.WriteFailed(_logger, exception);
        return DiskErrors.ToS3Error(exception);
    }

    private Outcome<ImmutableArray<BlobSegment>> Clone(ImmutableArray<BlobSegment> segments, List<BlobSegment> clones)
    {
        foreach (var segment in segments)
        {
            if (segment.Content is not null)
            {
                clones.Add(CloneSmall(segment));
                continue;
            }

            var (source, id) = (_layout.PathOf(segment.Blob), new BlobId(Generation.New(_time)));
            if (!_files.TryLink(source, _layout.PathOf(id)))
            {
                // No further name for this file (ext4 allows 65,000), or none at all on this file system.
                if (CheckSpace(segment.Length) is { } full)
                {
                    throw new IOException(full.Message);
                }

                var copy = _layout.NewTemporary(_time);
                _files.Copy(source, copy);
                _files.Rename(copy, _layout.PathOf(id));
            }

            clones.Add(segment with { Blob = id });
        }

        foreach (var shard in clones.Where(static c => c.Content is null).Select(c => _layout.ShardOf(c.Blob)).Distinct())
        {
            _files.FlushDirectory(shard);
        }

        return clones.ToImmutableArray();
    }

    private BlobSegment CloneSmall(BlobSegment segment) => segment with { Blob = new BlobId(Generation.New(_time)) };

    private S3ErrorCode NotWhole(BlobId blob, Exception? exception)
    {
        BlobLog.Missing(_logger, blob, exception);
        return S3ErrorCode.InternalError;
    }

    private bool TryDelete(string path)
    {
        try
        {
            _files.Delete(path);
            return true;
        }
        catch (Exception e) when (DiskErrors.IsDiskFailure(e))
        {
            BlobLog.DeleteFailed(_logger, e);
            return false;
        }
    }
}
