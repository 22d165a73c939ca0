using System.Globalization;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Origin.Blobs;

/// <summary>Where files are: <c>tmp/&lt;id&gt;</c> while they are written, <c>blobs/&lt;xx&gt;/&lt;id&gt;</c> from then on, xx being the last two digits of the id.</summary>
internal sealed class BlobLayout(string directory)
{
    /// <summary>How many directories the blobs are spread over.</summary>
    public const int Shards = 256;

    /// <summary>The directory of files being written.</summary>
    public string Temporary { get; } = Path.Combine(directory, "tmp");

    /// <summary>The directory of the shards.</summary>
    public string Blobs { get; } = Path.Combine(directory, "blobs");

    /// <summary>The directory of everything.</summary>
    public string Root => directory;

    /// <summary>The directory of a shard.</summary>
    public string Shard(int shard) => Path.Combine(Blobs, shard.ToString("x2", CultureInfo.InvariantCulture));

    /// <summary>The directory of a blob.</summary>
    public string ShardOf(BlobId id) => Shard((int)(id.Value.Low & (Shards - 1)));

    /// <summary>The file of a blob.</summary>
    public string PathOf(BlobId id) => Path.Combine(ShardOf(id), id.ToString());

    /// <summary>A fresh name for a file being written.</summary>
    public string NewTemporary(TimeProvider time) => Path.Combine(Temporary, Generation.New(time).ToString());
}
