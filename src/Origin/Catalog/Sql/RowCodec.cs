using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeCache.Origin.Blobs;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>How values that are more than a number or a text are kept in columns.</summary>
internal static class RowCodec
{
    /// <summary>The 16 bytes of a generation.</summary>
    public static byte[] Bytes(Generation generation)
    {
        var bytes = new byte[Generation.ByteLength];
        generation.Write(bytes);
        return bytes;
    }

    /// <summary>Reads 16 bytes.</summary>
    public static Generation Generation16(DbDataReader row, int column) => Generation.Read(row.GetFieldValue<byte[]>(column));

    /// <summary>Reads a segment from four columns: id, length, the bytes of a small blob, the envelope of an encrypted one.</summary>
    public static BlobSegment Segment(DbDataReader row) =>
        new(new BlobId(Generation16(row, 0)), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2))
        {
            Envelope = row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
        };

    /// <summary>A map as a JSON object; null when it is empty.</summary>
    public static string? Map(ImmutableSortedDictionary<string, string> map) =>
        map.IsEmpty ? null : JsonSerializer.Serialize(map, RowJson.Default.ImmutableSortedDictionaryStringString);

    /// <summary>Reads a map; its order of names is that of <paramref name="empty"/>.</summary>
    public static ImmutableSortedDictionary<string, string> Map(
        DbDataReader row, int column, ImmutableSortedDictionary<string, string> empty) =>
        row.IsDBNull(column)
            ? empty
            : empty.AddRange(JsonSerializer.Deserialize(row.GetString(column), RowJson.Default.ImmutableSortedDictionaryStringString)!);

    /// <summary>Words without spaces, such as checksums, separated by spaces. Null when there are none.</summary>
    public static string? Words(ImmutableArray<string> words) => words.IsEmpty ? null : string.Join(' ', words);

    /// <summary>Reads words.</summary>
    public static ImmutableArray<string> Words(string? text) => text is null ? [] : [.. text.Split(' ')];

    /// <summary>Part sizes as runs, <c>8388608x31,17</c>: parts are mostly of one size. Null when there are none.</summary>
    public static string? Sizes(ImmutableArray<long> sizes)
    {
        if (sizes.IsEmpty)
        {
            return null;
        }

        var text = new StringBuilder();
        for (var i = 0; i < sizes.Length;)
        {
            var run = 1;
            while (i + run < sizes.Length && sizes[i + run] == sizes[i])
            {
                run++;
            }

            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{sizes[i]}");
            if (run > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"x{run}");
            }

            i += run;
        }

        return text.ToString();
    }

    /// <summary>Reads part sizes.</summary>
    public static ImmutableArray<long> Sizes(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        var sizes = ImmutableArray.CreateBuilder<long>();
        foreach (var run in text.AsSpan().Split(','))
        {
            var item = text.AsSpan(run);
            var times = item.IndexOf('x');
            var size = long.Parse(times < 0 ? item : item[..times], NumberStyles.None, CultureInfo.InvariantCulture);
            sizes.AddRange(Enumerable.Repeat(size, times < 0 ? 1 : int.Parse(item[(times + 1)..], NumberStyles.None, CultureInfo.InvariantCulture)));
        }

        return sizes.DrainToImmutable();
    }

    /// <summary>Reads a checksum from three adjacent columns: algorithm, type, value.</summary>
    public static ObjectChecksum? Checksum(DbDataReader row, int column) =>
        row.IsDBNull(column)
            ? null
            : new ObjectChecksum((ChecksumAlgorithm)row.GetInt32(column), (ChecksumType)row.GetInt32(column + 1), row.GetString(column + 2));

    /// <summary>Grants as JSON; null when a canned ACL holds in their place.</summary>
    public static string? Grants(ImmutableArray<AclGrant>? grants) =>
        grants is { } known ? JsonSerializer.Serialize(known, RowJson.Default.ImmutableArrayAclGrant) : null;

    /// <summary>Reads grants. A list that can't be read, as another version of the program wrote it, grants nothing: its owner can replace it.</summary>
    public static ImmutableArray<AclGrant>? Grants(DbDataReader row, int column)
    {
        if (row.IsDBNull(column))
        {
            return null;
        }

        try
        {
            var grants = JsonSerializer.Deserialize(row.GetString(column), RowJson.Default.ImmutableArrayAclGrant);
            return !grants.IsDefault && grants.All(IsKnown) ? grants : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Reads a canned ACL; one that is not known grants nothing.</summary>
    public static CannedAcl Acl(DbDataReader row, int column) =>
        (CannedAcl)row.GetInt32(column) is var acl && System.Enum.IsDefined(acl) ? acl : CannedAcl.Private;

    /// <summary>Reads who owns objects; a rule that is not known lets no ACL count.</summary>
    public static ObjectOwnership? Ownership(DbDataReader row, int column) =>
        Enum<ObjectOwnership>(row, column) is not { } ownership ? null
            : System.Enum.IsDefined(ownership) ? ownership
            : ObjectOwnership.BucketOwnerEnforced;

    private static bool IsKnown(AclGrant? grant) =>
        grant is { Grantee: { Id: not null } grantee } && System.Enum.IsDefined(grantee.Kind) && System.Enum.IsDefined(grant.Permission);

    /// <summary>A bit for each member, in their order; null when nothing was ever ruled out.</summary>
    public static object? PublicAccess(PublicAccessBlock? block) => block is null
        ? null
        : (block.BlockPublicAcls ? 1L : 0) | (block.IgnorePublicAcls ? 2L : 0) | (block.BlockPublicPolicy ? 4L : 0) | (block.RestrictPublicBuckets ? 8L : 0);

    /// <summary>Reads what is ruled out of public access.</summary>
    public static PublicAccessBlock? PublicAccess(DbDataReader row, int column)
    {
        if (row.IsDBNull(column))
        {
            return null;
        }

        var bits = row.GetInt32(column);
        return new PublicAccessBlock((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
    }

    /// <summary>Reads an optional enum.</summary>
    public static T? Enum<T>(DbDataReader row, int column)
        where T : struct, Enum =>
        row.IsDBNull(column) ? null : (T)System.Enum.ToObject(typeof(T), row.GetInt32(column));

    /// <summary>The number of an optional enum.</summary>
    public static object? Number<T>(T? value)
        where T : struct, Enum =>
        value is { } known ? Convert.ToInt64(known, CultureInfo.InvariantCulture) : null;
}
