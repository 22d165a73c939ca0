using System.Collections.Immutable;
using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>What the lifecycle worker reads and does, in bounded batches.</summary>
internal sealed class LifecycleStore(CatalogWriter writer, ReaderPool readers)
{
    private const string Columns = "version_row, object_key, version_id, is_latest, is_delete_marker, size, last_modified, storage_class, tag_count";

    /// <summary>
    /// The versions after one, keys in byte order and the versions of a key newest first; at most <paramref name="max"/>.
    /// </summary>
    /// <param name="bucketId">The bucket.</param>
    /// <param name="key">The last one's key; empty to begin.</param>
    /// <param name="row">The last one's row; 0 when the key is done.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="withTags">Whether anybody asks for tags.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<List<LifecycleVersion>> ReadAsync(
        long bucketId, string key, long row, int max, bool withTags, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.Snapshot(s =>
            {
                var found = row == 0 ? [] : s.All(
                    $"SELECT {Columns} FROM versions WHERE bucket_id = @bucket AND object_key = @key AND version_row < @row ORDER BY version_row DESC LIMIT @max",
                    Read, ("bucket", bucketId), ("key", key), ("row", row), ("max", max));
                if (found.Count < max)
                {
                    found.AddRange(s.All(
                        $"SELECT {Columns} FROM versions WHERE bucket_id = @bucket AND object_key > @key ORDER BY object_key, version_row DESC LIMIT @max",
                        Read, ("bucket", bucketId), ("key", key), ("max", max - found.Count)));
                }

                for (var i = 0; i < found.Count; i++)
                {
                    if (withTags && found[i].HasTags)
                    {
                        found[i] = found[i] with { Tags = VersionRows.Tags(s, found[i].Row) };
                    }
                    else if (found[i] is { IsLatest: true, IsDeleteMarker: true })
                    {
                        found[i] = found[i] with { IsAlone = IsAlone(s, bucketId, found[i]) };
                    }
                }

                return found;
            }),
            cancellationToken);

    /// <summary>
    /// Carries actions out, each only if the version is still what it was decided for, and saves how far this came; all in one transaction.
    /// </summary>
    public Task<Outcome<LifecycleResult>> ApplyAsync(
        long bucketId, IReadOnlyList<LifecycleAction> actions, string worker, string position, CancellationToken cancellationToken) =>
        writer.RunAsync<LifecycleResult>(
            m =>
            {
                var done = actions.Select(action => Apply(m, bucketId, action)).ToImmutableArray();
                PositionStore.Save(m, worker, string.Empty, position);
                return new LifecycleResult(done);
            },
            cancellationToken);

    private static bool Apply(Mutation m, long bucketId, LifecycleAction action)
    {
        var version = action.Version;
        var now = m.Sql.First(
            $"SELECT {Columns} FROM versions WHERE bucket_id = @bucket AND object_key = @key AND version_row = @row",
            Read, ("bucket", bucketId), ("key", version.Key), ("row", version.Row));
        if (now is null || now.IsLatest != version.IsLatest || now.StorageClass != version.StorageClass ||
            (!version.Tags.IsEmpty && !VersionRows.Tags(m.Sql, version.Row).SequenceEqual(version.Tags)))
        {
            return false;
        }

        switch (action.Kind)
        {
            case LifecycleActionKind.EndCurrent:
                return VersionWrites.DeleteCurrent(m, bucketId, version.Key, WriteCondition.None) is { Succeeded: true, Value.Changed: true };
            case LifecycleActionKind.RemoveMarker when !IsAlone(m.Sql, bucketId, version):
                return false;
            case LifecycleActionKind.RemoveMarker or LifecycleActionKind.RemoveNoncurrent:
                return VersionWrites.DeleteNamed(m, bucketId, version.Key, version.VersionId, WriteCondition.None) is { Succeeded: true, Value.Changed: true };
            default:
                m.Sql.Execute("UPDATE versions SET storage_class = @class WHERE version_row = @row", ("class", action.StorageClass), ("row", version.Row));
                m.Append(ChangeKind.ObjectChanged, m.Sql.Text("SELECT name FROM buckets WHERE bucket_id = @bucket", ("bucket", bucketId))!, version.Key);
                return true;
        }
    }

    private static bool IsAlone(SqlSession sql, long bucketId, LifecycleVersion version) =>
        sql.Integer(
            "SELECT 1 FROM versions WHERE bucket_id = @bucket AND object_key = @key AND version_row <> @row LIMIT 1",
            ("bucket", bucketId), ("key", version.Key), ("row", version.Row)) is null;

    private static LifecycleVersion Read(DbDataReader r) => new()
    {
        Row = r.GetInt64(0),
        Key = r.GetString(1),
        VersionId = r.GetString(2),
        IsLatest = r.GetInt32(3) != 0,
        IsDeleteMarker = r.GetInt32(4) != 0,
        Size = r.GetInt64(5),
        LastModified = DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(6)),
        StorageClass = r.GetString(7),
        HasTags = r.GetInt32(8) > 0,
    };
}
