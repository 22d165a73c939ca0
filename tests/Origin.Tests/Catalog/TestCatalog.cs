using System.Collections.Immutable;
using EdgeCache.Origin.Blobs;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeCache.Origin.Tests.Catalog;

/// <summary>A catalog in a directory of its own, with shorthands for what tests do over and over.</summary>
internal sealed class TestCatalog : IAsyncDisposable
{
    public const string Owner = "org";

    private readonly TempDirectory _directory = new();

    private TestCatalog()
    {
    }

    public ManualTimeProvider Time { get; } = new();

    public OriginCatalog Catalog { get; private set; } = null!;

    public string DatabasePath => _directory.Combine("catalog.db");

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestCatalog> OpenAsync()
    {
        var test = new TestCatalog();
        test.Catalog = await test.OpenFileAsync(test.DatabasePath);
        return test;
    }

    public static ImmutableArray<BlobSegment> OneBlob(long length = 10) => [new BlobSegment(new BlobId(Generation.New(TimeProvider.System)), length)];

    public Task<OriginCatalog> OpenFileAsync(string path) => OriginCatalog.OpenAsync(path, "ORD1", Time, NullLoggerFactory.Instance, Token);

    /// <summary>Copies the files as a power cut would leave them, and opens the copy.</summary>
    public Task<OriginCatalog> OpenCrashedCopyAsync(string name)
    {
        var copy = _directory.Combine(name);
        foreach (var suffix in new[] { "", "-wal" })
        {
            if (File.Exists(DatabasePath + suffix))
            {
                File.Copy(DatabasePath + suffix, copy + suffix);
            }
        }

        return OpenFileAsync(copy);
    }

    public async Task ReopenAsync()
    {
        await Catalog.DisposeAsync();
        Catalog = await OpenFileAsync(DatabasePath);
    }

    public async Task<BucketRow> CreateBucketAsync(string name = "bucket", BucketVersioning versioning = BucketVersioning.Unversioned)
    {
        var created = await Catalog.Buckets.CreateAsync(new NewBucket(name, Owner, CannedAcl.Private), Token);
        Assert.True(created.Succeeded);
        if (versioning == BucketVersioning.Unversioned)
        {
            return created.Value.Bucket;
        }

        var changed = await Catalog.Buckets.SetVersioningAsync(created.Value.Bucket.Id, versioning, Token);
        Assert.True(changed.Succeeded);
        return changed.Value.Bucket;
    }

    public NewVersion NewVersion(BucketRow bucket, string key, string etag = "etag") => new()
    {
        BucketId = bucket.Id, Key = key, Generation = Generation.New(Time), Segments = OneBlob(), ETag = etag, OwnerOrganizationId = Owner,
    };

    public Task<Outcome<CommittedVersion>> TryPutAsync(BucketRow bucket, string key, string etag = "etag", WriteCondition? condition = null) =>
        Catalog.Versions.PutAsync(NewVersion(bucket, key, etag), condition ?? WriteCondition.None, Token);

    public async Task<CommittedVersion> PutAsync(BucketRow bucket, string key, string etag = "etag") => Value(await TryPutAsync(bucket, key, etag));

    public async Task<DeletedVersion> DeleteAsync(BucketRow bucket, string key, string? versionId = null) =>
        Value(await Catalog.Versions.DeleteAsync(bucket.Id, key, versionId, WriteCondition.None, Token));

    public async Task<StoredVersion?> FindAsync(BucketRow bucket, string key, string? versionId = null) =>
        (await Catalog.Versions.FindAsync(bucket.Id, key, versionId, withSegments: true, Token)).Version;

    /// <summary>Asks the database itself.</summary>
    public async Task<long> CountAsync(string sql) =>
        (long)Value(await Catalog.Writer.RunAsync<object>(m => m.Sql.Integer(sql) ?? 0L, Token));

    /// <summary>The same, for text.</summary>
    public async Task<string> TextAsync(string sql) => Value(await Catalog.Writer.RunAsync<string>(m => m.Sql.Text(sql) ?? "", Token));

    public static T Value<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.Succeeded, outcome.Error?.ToString());
        return outcome.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        _directory.Dispose();
    }
}
