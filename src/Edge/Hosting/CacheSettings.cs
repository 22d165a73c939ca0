using EdgeCache.Edge.Storage;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Edge.Storage.Pins;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>The settings of the chunk cache, from those of the edge.</summary>
internal static class CacheSettings
{
    private const string DefaultDirectory = "chunks";

    /// <summary>The capacity of all drives together, in bytes; 0 when the options don't tell.</summary>
    public static long CapacityOf(EdgeOptions options) =>
        ByteSize.TryParse(options.CacheSize, out var capacity) && capacity <= long.MaxValue / (EdgeOptionsValidator.MaxDrives + 1)
            ? capacity * Math.Max(1, options.CacheDirectories.Count)
            : 0;

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
            Shares = [.. options.CacheShares.Select(share => new CacheShare(
                share.Organization, Part(share.Floor, options, 0), Part(share.Cap, options, 1)))],
            PinsFile = directory.Combine(PinTable.FileName),
            MaxPinnedShare = options.MaxPinnedShare,
            SmallShare = options.SmallShare,
            WritesPerDay = options.CacheWritesPerDay,
            ScrubBytesPerSecond = ByteSize.Parse(options.ScrubBytesPerSecond),
        };
    }

    private static double Part(string text, EdgeOptions options, double otherwise) =>
        text.Length > 0 && CacheShareOptions.TryParse(text, CapacityOf(options), out var share) ? share : otherwise;
}
