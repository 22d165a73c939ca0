using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Edge.Tests.Peers;

/// <summary>A scripted control plane: keys, directory, feed.</summary>
internal sealed class FakeControlPlane(TimeProvider time) : IAsyncDisposable
{
    private const string OrganizationPrefix = "/internal/v1/control/organizations/";
    private const string AuditPrefix = "/internal/v1/control/audit/";
    private const string DirectoryPrefix = "/internal/v1/control/directory/";

    private readonly ConcurrentDictionary<string, (string Secret, Principal Principal, DateTimeOffset? ExpiresAt)> _keys = new();
    private FakeServer _server = null!;
    private int _keyQuestions;
    private int _directoryQuestions;
    private int _organizationQuestions;

    public FakeFeed Feed { get; } = new(time);

    public ConcurrentDictionary<string, DirectoryEntry> Directory { get; } = new();

    /// <summary>The facts of organizations; changed by <see cref="SetOrganization"/>.</summary>
    public ConcurrentDictionary<string, OrganizationFacts> Organizations { get; } = new();

    /// <summary>The audit records that were delivered, a JSON document each.</summary>
    public ConcurrentQueue<string> AuditRecords { get; } = new();

    /// <summary>Answers 503 to everything but the feed.</summary>
    public bool IsDown { get; set; }

    public int KeyQuestions => Volatile.Read(ref _keyQuestions);

    public int OrganizationQuestions => Volatile.Read(ref _organizationQuestions);

    public int DirectoryQuestions => Volatile.Read(ref _directoryQuestions);

    public Uri Url => _server.Url;

    public static async Task<FakeControlPlane> StartAsync(TimeProvider time)
    {
        var plane = new FakeControlPlane(time);
        plane._server = await FakeServer.StartAsync(plane.HandleAsync);
        return plane;
    }

    public void AddKey(string accessKeyId, string secret, string organization, AccessLevel level = AccessLevel.Full, DateTimeOffset? expiresAt = null)
    {
        var principal = new Principal($"static/{accessKeyId}", organization, level, ImmutableArray<string>.Empty, PrincipalKind.User);
        _keys[accessKeyId] = (secret, principal, expiresAt);
        Organizations.TryAdd(organization, new OrganizationFacts { Id = organization, Policies = [AccessPolicy.AllowEverything] });
        Feed.Publish(ChangeKind.AccessKeyChanged, string.Empty, accessKeyId);
    }

    /// <summary>Changes an organization and tells of it.</summary>
    public long SetOrganization(string id, Func<OrganizationFacts, OrganizationFacts> change)
    {
        Organizations[id] = change(Organizations[id]);
        return Feed.Publish(ChangeKind.OrganizationChanged, string.Empty, id);
    }

    public long RevokeKey(string accessKeyId)
    {
        _keys.TryRemove(accessKeyId, out _);
        return Feed.Publish(ChangeKind.AccessKeyChanged, string.Empty, accessKeyId);
    }

    /// <summary>Revokes without a record: only a question would tell.</summary>
    public void RevokeKeySilently(string accessKeyId) => _keys.TryRemove(accessKeyId, out _);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (context.Request.Headers.Authorization != $"Bearer {EdgeCluster.Secret}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (path == InternalApi.ControlFeed)
        {
            await Feed.ServeAsync(context);
        }
        else if (IsDown)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (path == InternalApi.SigningKey)
        {
            await AnswerKeyAsync(context);
        }
        else if (path.StartsWith(OrganizationPrefix, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _organizationQuestions);
            var position = Feed.Position;
            await AnswerAsync(context, Organizations.TryGetValue(path[OrganizationPrefix.Length..], out var facts)
                ? JsonSerializer.SerializeToUtf8Bytes(facts with { AsOfSequence = position }, InternalJson.Default.OrganizationFacts)
                : null);
        }
        else if (path.StartsWith(AuditPrefix, StringComparison.Ordinal))
        {
            using var reader = new StreamReader(new GZipStream(context.Request.Body, CompressionMode.Decompress));
            foreach (var record in (await reader.ReadToEndAsync(context.RequestAborted)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                AuditRecords.Enqueue(record);
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (path.StartsWith(DirectoryPrefix, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _directoryQuestions);
            await AnswerAsync(context, Directory.TryGetValue(path[DirectoryPrefix.Length..], out var entry)
                ? JsonSerializer.SerializeToUtf8Bytes(entry, InternalJson.Default.DirectoryEntry)
                : null);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private Task AnswerKeyAsync(HttpContext context)
    {
        Interlocked.Increment(ref _keyQuestions);
        var query = context.Request.Query;
        var position = Feed.Position;
        var reply = _keys.TryGetValue(query["accessKeyId"].ToString(), out var key)
            ? new SigningKeyReply(
                true,
                SigningKey.Derive(key.Secret, new SigV4Scope(query["date"].ToString(), query["region"].ToString(), query["service"].ToString())).ToArray(),
                key.Principal, key.ExpiresAt, null, position)
            : new SigningKeyReply(false, null, null, null, null, position);
        return AnswerAsync(context, JsonSerializer.SerializeToUtf8Bytes(reply, InternalJson.Default.SigningKeyReply));
    }

    private static async Task AnswerAsync(HttpContext context, byte[]? json)
    {
        if (json is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(json);
    }
}
