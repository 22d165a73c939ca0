using Dapper;
using EdgeCache.Shared.Replication;
using Microsoft.Data.Sqlite;

namespace EdgeCache.Origin.Identity;

/// <summary>The directory of bucket names, in the identity database.</summary>
internal sealed class BucketDirectory(IdentityDatabase database) : IBucketDirectory
{
    private const string Columns = "name, region, organization_id AS organizationId, created_at AS createdAt";

    public DirectoryEntry? Find(string bucket) => database.Read((connection, position) => Find(connection, bucket)?.ToEntry(position));

    public Task<IReadOnlyList<DirectoryEntry>?> ListAsync(string organizationId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DirectoryEntry>?>(List(organizationId));

    /// <summary>The entries of one organization, or of all when it is null.</summary>
    public IReadOnlyList<DirectoryEntry> List(string? organizationId) => database.Read((connection, position) => connection
        .Query<Row>(
            $"SELECT {Columns} FROM buckets WHERE @organizationId IS NULL OR organization_id = @organizationId ORDER BY name",
            new { organizationId })
        .Select(row => row.ToEntry(position))
        .ToList());

    public Task<Reservation> ReserveAsync(string bucket, string region, string organizationId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, log) =>
            {
                if (Find(connection, bucket) is { } existing)
                {
                    return new Reservation(ReservationOutcome.Taken, existing.ToEntry(asOf: 0));
                }

                var row = new Row(bucket, region, organizationId, log.Now.ToUnixTimeMilliseconds());
                connection.Execute("INSERT INTO buckets (name, region, organization_id, created_at) VALUES (@Name, @Region, @OrganizationId, @CreatedAt)", row);
                log.Add(ChangeKind.BucketChanged, string.Empty, bucket);
                return new Reservation(ReservationOutcome.Reserved, row.ToEntry(log.Records[^1].Sequence));
            },
            cancellationToken);

    public Task<bool> ReleaseAsync(string bucket, string region, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, log) =>
        {
            if (connection.Execute("DELETE FROM buckets WHERE name = @bucket AND region = @region", new { bucket, region }) == 1)
            {
                log.Add(ChangeKind.BucketDeleted, string.Empty, bucket);
            }

            return true;
        },
        cancellationToken);

    private static Row? Find(SqliteConnection connection, string bucket) =>
        connection.QuerySingleOrDefault<Row>($"SELECT {Columns} FROM buckets WHERE name = @bucket", new { bucket });

    private sealed record Row(string Name, string Region, string OrganizationId, long CreatedAt)
    {
        public DirectoryEntry ToEntry(long asOf) => new(Name, Region, OrganizationId, DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt), asOf);
    }
}
