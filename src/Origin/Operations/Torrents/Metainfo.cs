using System.Globalization;
using System.Text;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Operations.Torrents;

/// <summary>The metainfo file of one object (<see href="https://www.bittorrent.org/beps/bep_0003.html">BEP 3</see>): bencoded, the keys of each dictionary in order.</summary>
internal static class Metainfo
{
    /// <summary>Writes the file.</summary>
    /// <param name="facts">The object.</param>
    /// <param name="pieces">The SHA-1 of each piece, one after another.</param>
    /// <param name="seed">Where the bytes are to be had by HTTP.</param>
    public static byte[] Write(VersionFacts facts, byte[] pieces, string seed)
    {
        var slash = facts.Key.TrimEnd('/').LastIndexOf('/');
        using var file = new MemoryStream();
        Raw(file, "d");
        Text(file, "creation date");
        Number(file, facts.LastModified.ToUnixTimeSeconds());
        Text(file, "info");
        Raw(file, "d");
        Text(file, "length");
        Number(file, facts.Size);
        Text(file, "name");
        Text(file, facts.Key[(slash + 1)..].TrimEnd('/') is { Length: > 0 } name ? name : facts.Bucket);
        Text(file, "piece length");
        Number(file, PieceHashes.PieceLengthOf(facts.Size));
        Text(file, "pieces");
        Bytes(file, pieces);
        Raw(file, "e");
        Text(file, "url-list");
        Text(file, seed);
        Raw(file, "e");
        return file.ToArray();
    }

    private static void Text(MemoryStream file, string text) => Bytes(file, Encoding.UTF8.GetBytes(text));

    private static void Bytes(MemoryStream file, byte[] bytes)
    {
        Raw(file, bytes.Length.ToString(CultureInfo.InvariantCulture) + ":");
        file.Write(bytes);
    }

    private static void Number(MemoryStream file, long number) => Raw(file, $"i{number.ToString(CultureInfo.InvariantCulture)}e");

    private static void Raw(MemoryStream file, string ascii) => file.Write(Encoding.ASCII.GetBytes(ascii));
}
