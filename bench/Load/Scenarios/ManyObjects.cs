using System.Globalization;
using EdgeCache.Load.Client;
using EdgeCache.Load.Servers;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// A bucket of very many objects, a thousand to a folder. They are empty, so that they have no bytes on the disk beside their row in the catalog.
/// Making each by a PUT takes minutes for a million; the quick way PUTs one, stops the origin, and copies its row in the catalog under the other keys, each with
/// a generation of its own: what a list or a HEAD reads is what PUTs would have left, but for the change feed's entries.
/// </summary>
internal sealed class ManyObjects(int count)
{
    public const string Root = "dataset/";

    private const int PerFolder = 1000;
    private const int Connections = 64;
    private const int Batch = 16_384;
    private const string Template = "template";

    public int Count => count;

    /// <summary>The prefix of the folder that holds object <paramref name="number"/>.</summary>
    public string FolderOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{Root}{number / PerFolder:00000}/");

    public string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{FolderOf(number)}part-{number:0000000}.bin");

    public async Task MakeAsync(ProductDeployment deployment, bool byS3, CancellationToken cancellation)
    {
        if (byS3)
        {
            await PutAllAsync(deployment, cancellation);
            return;
        }

        await deployment.Account.PutAsync(Template, new ByteArrayContent([]), cancellation);
        await deployment.WhileStoppedAsync(() => CopyRowsAsync(Path.Combine(deployment.OriginDirectory, "catalog.db"), cancellation), cancellation);
    }

    private async Task PutAllAsync(ProductDeployment deployment, CancellationToken cancellation)
    {
        for (var from = 0; from < count; from += Batch)
        {
            var keys = Enumerable.Range(from, Math.Min(Batch, count - from)).Select(KeyOf);
            var origin = deployment.Origin;
            var result = await LoadClient.RunAsync(
                new LoadPlan
                {
                    EndPoint = origin.EndPoint,
                    Requests =
                    [
                        .. keys.Select(key => new PreparedRequest(
                            System.Text.Encoding.ASCII.GetBytes(
                                $"PUT {deployment.Target(origin, HttpMethod.Put, key)} HTTP/1.1\r\nHost: {origin.EndPoint}\r\nContent-Length: 0\r\n\r\n"),
                            BodyLength: 0, Content: null, Offset: 0)),
                    ],
                    Connections = Connections,
                    Duration = TimeSpan.FromMinutes(10),
                    RequestLimit = Math.Min(Batch, count - from),
                },
                cancellation);
            if (result.Errors > 0)
            {
                throw new ServerException($"PUT of an empty object: {result.FirstError}");
            }
        }
    }

    private async Task CopyRowsAsync(string catalog, CancellationToken cancellation)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = catalog, Pooling = false }.ToString());
        await connection.OpenAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, "CREATE TEMP TABLE copy AS SELECT * FROM versions WHERE object_key = $template");
        var columns = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT name FROM pragma_table_info('versions') WHERE name <> 'version_row'";
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                columns.Add(reader.GetString(0));
            }
        }

        var values = columns.Select(static column => column switch
        {
            "object_key" => $"printf('{Root}%05d/part-%07d.bin', n / {PerFolder}, n)",
            "generation" => "randomblob(16)",
            _ => column,
        });
        await ExecuteAsync(
            connection,
            $"""
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $count)
            INSERT INTO versions ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM numbers CROSS JOIN temp.copy
            """);
        await ExecuteAsync(connection, "UPDATE bucket_usage SET versions = versions + $count WHERE bucket_id = (SELECT bucket_id FROM temp.copy)");
        await transaction.CommitAsync(cancellation);

        async Task ExecuteAsync(SqliteConnection on, string sql)
        {
            // Takes part in the connection's transaction.
            await using var command = on.CreateCommand();
            (command.CommandText, command.CommandTimeout) = (sql, 0);
            command.Parameters.AddWithValue("$template", Template);
            command.Parameters.AddWithValue("$count", count);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
