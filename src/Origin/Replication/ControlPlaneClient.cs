using System.Net;
using System.Net.Http.Headers;
using EdgeCache.Origin.Authentication;
using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Replication;

/// <summary>Asks the control plane over its internal API. Whatever goes wrong with the network is an answer of "unavailable".</summary>
internal sealed partial class ControlPlaneClient : ISigningKeySource, IOrganizationSource, IBucketDirectory, IDisposable
{
    /// <summary>How long one question may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>The most questions in flight.</summary>
    public const int MaxConnections = 16;

    private readonly HttpClient _http;
    private readonly ILogger<ControlPlaneClient> _logger;

    public ControlPlaneClient(OriginOptions options, ILogger<ControlPlaneClient> logger)
    {
        _logger = logger;
        _http = CreateHttpClient(options, MaxConnections);
        _http.Timeout = Timeout;
    }

    public static HttpClient CreateHttpClient(OriginOptions options, int maxConnections)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = maxConnections,
            ConnectTimeout = Timeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri(options.ControlPlaneAdminUrl!) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ClusterSecret);
        return client;
    }

    public async ValueTask<SigningKeyReply?> DeriveAsync(string accessKeyId, SigV4Scope scope, CancellationToken cancellationToken)
    {
        var query = Query(("accessKeyId", accessKeyId), ("date", scope.Date), ("region", scope.Region), ("service", scope.Service));
        return await AskAsync(
            HttpMethod.Get,
            InternalApi.SigningKey + query,
            static (response, token) => response.Content.ReadFromJsonAsync(InternalJson.Default.SigningKeyReply, token),
            cancellationToken);
    }

    /// <summary>The secrets stay with the control plane: nothing is known here.</summary>
    public ValueTask<(bool? IsKnown, Principal? Principal)> VerifyPolicyAsync(string accessKeyId, string policy, string signature, string? sessionToken) =>
        ValueTask.FromResult<(bool?, Principal?)>((null, null));

    async ValueTask<OrganizationReply> IOrganizationSource.FindAsync(string id, CancellationToken cancellationToken)
    {
        var path = InternalApi.Organization.Replace("{organization}", Uri.EscapeDataString(id), StringComparison.Ordinal);
        return await AskAsync(
            HttpMethod.Get,
            path,
            static async (response, token) => response.StatusCode == HttpStatusCode.NotFound
                ? new OrganizationReply(IsKnown: true, null)
                : new OrganizationReply(IsKnown: true, await response.Content.ReadFromJsonAsync(InternalJson.Default.OrganizationFacts, token)),
            cancellationToken,
            HttpStatusCode.NotFound);
    }

    public async Task<Reservation> ReserveAsync(string bucket, string region, string organizationId, CancellationToken cancellationToken)
    {
        var reservation = await AskAsync(
            HttpMethod.Put,
            PathOf(bucket) + Query(("region", region), ("owner", organizationId)),
            static async (response, token) =>
            {
                var entry = await response.Content.ReadFromJsonAsync(InternalJson.Default.DirectoryEntry, token);
                return (Reservation?)new Reservation(
                    response.StatusCode == HttpStatusCode.Conflict ? ReservationOutcome.Taken : ReservationOutcome.Reserved, entry);
            },
            cancellationToken);
        return reservation ?? new Reservation(ReservationOutcome.Unavailable, null);
    }

    public async Task<bool> ReleaseAsync(string bucket, string region, CancellationToken cancellationToken) =>
        await AskAsync(
            HttpMethod.Delete,
            PathOf(bucket) + Query(("region", region)),
            static (_, _) => Task.FromResult<bool?>(true),
            cancellationToken) ?? false;

    public Task<IReadOnlyList<DirectoryEntry>?> ListAsync(string organizationId, CancellationToken cancellationToken) => AskAsync(
        HttpMethod.Get,
        InternalApi.Directory + Query(("owner", organizationId)),
        static (response, token) => response.Content.ReadFromJsonAsync(InternalJson.Default.IReadOnlyListDirectoryEntry, token),
        cancellationToken);

    public void Dispose() => _http.Dispose();

    public static string Query(params (string Name, string Value)[] parameters) =>
        "?" + string.Join('&', parameters.Select(static p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));

    private static string PathOf(string bucket) => InternalApi.DirectoryBucket.Replace("{bucket}", Uri.EscapeDataString(bucket), StringComparison.Ordinal);

    private async Task<T?> AskAsync<T>(
        HttpMethod method,
        string pathAndQuery,
        Func<HttpResponseMessage, CancellationToken, Task<T?>> read,
        CancellationToken cancellationToken,
        HttpStatusCode answer = HttpStatusCode.Conflict)
    {
        try
        {
            using var request = new HttpRequestMessage(method, pathAndQuery);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode || response.StatusCode == answer)
            {
                return await read(response, cancellationToken);
            }

            LogRefused(method.Method, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException ||
                                  (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnreachable(method.Method, e.Message);
        }

        return default;
    }

    [LoggerMessage(2600, LogLevel.Warning, "The control plane answered {Method} with status {Status}.")]
    private partial void LogRefused(string method, int status);

    [LoggerMessage(2601, LogLevel.Warning, "The control plane could not be asked ({Method}): {Reason}")]
    private partial void LogUnreachable(string method, string reason);
}
