using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>The settings of the chunk cache, from those of the edge.</summary>
internal static class CacheSettings
{
    private const string DefaultDirectory = "chunks";

    /// <summary>What the checked options say of the chunk cache.</summary>
    public static ChunkCacheOptions Of(EdgeOptions options, DataDirectory directory)
    {
        var drives = options.CacheDirectories.Select(static path => (Path: path, Create: false)).DefaultIfEmpty((Path: directory.Combine(DefaultDirectory), Create: true));
        return new ChunkCacheOptions
        {
            Drives = [.. drives.Select(drive => new ChunkStoreOptions
            {
                Directory = drive.Path,
                CreateDirectory = drive.Create,
                CapacityBytes = ByteSize.Parse(options.CacheSize),
                Checksums = options.Checksums,
            })],
            SmallShare = options.SmallShare,
            WritesPerDay = options.CacheWritesPerDay,
            ScrubBytesPerSecond = ByteSize.Parse(options.ScrubBytesPerSecond),
        };
    }
}
