using EdgeCache.Origin.Catalog.Sql;

namespace EdgeCache.Origin.Catalog;

/// <summary>How far background workers came: a text for each worker and scope, as durable as what it tells of.</summary>
internal sealed class PositionStore(CatalogWriter writer, ReaderPool readers)
{
    /// <summary>The position; null when there is none.</summary>
    public Task<string?> FindAsync(string worker, string scope, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.Text("SELECT position FROM positions WHERE worker = @worker AND scope = @scope", ("worker", worker), ("scope", scope)),
            cancellationToken);

    /// <summary>All positions of a worker, by scope.</summary>
    public Task<Dictionary<string, string>> FindAllAsync(string worker, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            sql => sql.All(
                "SELECT scope, position FROM positions WHERE worker = @worker",
                static r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("worker", worker)).ToDictionary(StringComparer.Ordinal),
            cancellationToken);

    /// <summary>Saves a position; null forgets it.</summary>
    public Task<Outcome<SavedPosition>> SaveAsync(string worker, string scope, string? position, CancellationToken cancellationToken) =>
        writer.RunAsync<SavedPosition>(
            m =>
            {
                Save(m, worker, scope, position);
                return new SavedPosition(position);
            },
            cancellationToken);

    /// <summary>The same within a mutation, so that what was done and how far it came are committed together.</summary>
    public static void Save(Mutation m, string worker, string scope, string? position)
    {
        if (position is null)
        {
            m.Sql.Execute("DELETE FROM positions WHERE worker = @worker AND scope = @scope", ("worker", worker), ("scope", scope));
            return;
        }

        m.Sql.Execute(
            """
            INSERT INTO positions (worker, scope, position) VALUES (@worker, @scope, @position)
            ON CONFLICT (worker, scope) DO UPDATE SET position = excluded.position
            """,
            ("worker", worker), ("scope", scope), ("position", position));
    }
}

/// <summary>A position that was saved.</summary>
/// <param name="Position">The position.</param>
internal sealed record SavedPosition(string? Position);
