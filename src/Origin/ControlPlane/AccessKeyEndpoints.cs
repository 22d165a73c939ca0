using System.Security.Cryptography;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>The access keys of the caller's organization: create, list, look at, revoke (<c>/v1/cwobject/access-key</c>).</summary>
internal sealed partial class AccessKeyEndpoints(
    AccessKeyStore keys, ApiTokenStore tokens, TimeProvider time, ILogger<AccessKeyEndpoints> logger)
{
    /// <summary>The longest life of a temporary key: ten years.</summary>
    public const long MaxDurationSeconds = 315_360_000;

    private const string KeyIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/cwobject/access-key", ApiCaller.Require(tokens, CreateAsync));
        endpoints.MapGet("/v1/cwobject/access-key", ApiCaller.Require(tokens, ListAsync));
        endpoints.MapGet("/v1/cwobject/access-key/{id}", ApiCaller.Require(tokens, GetAsync));
        endpoints.MapPost("/v1/cwobject/revoke-access-key/access-key", ApiCaller.Require(tokens, RevokeAsync));
    }

    private static AccessKeyInfo Describe(AccessKey key, DateTimeOffset now) => new(
        key.Id,
        key.Status == AccessKeyStatus.Revoked ? "REVOKED" : key.IsUsable(now) ? "ACTIVE" : "EXPIRED",
        key.Principal,
        new Dictionary<string, string> { ["accessLevel"] = NameOf(key.Level) },
        key.ExpiresAt,
        key.OrganizationId);

    private static string NameOf(AccessLevel level) => level switch
    {
        AccessLevel.Read => "read",
        AccessLevel.Write => "write",
        AccessLevel.ReadWrite => "readwrite",
        AccessLevel.Full => "full",
    };

    private async Task CreateAsync(ApiCaller caller)
    {
        var request = await caller.ReadAsync(ControlPlaneJson.Default.CreateAccessKeyRequest);
        if (request?.DurationSeconds is not { } duration || duration is < 0 or > MaxDurationSeconds)
        {
            await caller.RefuseAsync(StatusCodes.Status400BadRequest, "invalid_argument", $"durationSeconds is required: 0 (permanent) to {MaxDurationSeconds}.");
            return;
        }

        AccessLevel? level = request.AccessLevel is null
            ? AccessLevel.Full
            : Enum.GetValues<AccessLevel>().Cast<AccessLevel?>().FirstOrDefault(l => NameOf(l!.Value) == request.AccessLevel);
        if (level is null)
        {
            await caller.RefuseAsync(StatusCodes.Status400BadRequest, "invalid_argument", "accessLevel must be read, write, readwrite or full.");
            return;
        }

        var key = new AccessKey
        {
            Id = "CW" + RandomNumberGenerator.GetString(KeyIdAlphabet, 14),
            OrganizationId = caller.Token.OrganizationId,
            Principal = caller.Token.Principal,
            Secret = "cwo" + RandomNumberGenerator.GetString(SecretAlphabet, 40),
            Level = level.Value,
            ExpiresAt = duration == 0 ? null : time.GetUtcNow().AddSeconds(duration),
        };
        if (!await keys.TryAddAsync(key, caller.Aborted))
        {
            throw new InvalidOperationException("A random access key id recurred.");
        }

        LogCreated(key.Id, key.Principal, key.OrganizationId);
        await caller.AnswerAsync(new CreatedAccessKey(key.Id, key.ExpiresAt, key.Principal, key.Secret), ControlPlaneJson.Default.CreatedAccessKey);
    }

    private Task ListAsync(ApiCaller caller)
    {
        var now = time.GetUtcNow();
        return caller.AnswerAsync(
            new AccessKeyListAnswer([.. keys.List(caller.Token.OrganizationId).Select(k => Describe(k, now))]), ControlPlaneJson.Default.AccessKeyListAnswer);
    }

    private Task GetAsync(ApiCaller caller)
    {
        var (key, _) = keys.Find((string?)caller.Context.Request.RouteValues["id"] ?? string.Empty);
        return key is null || key.OrganizationId != caller.Token.OrganizationId
            ? NotFoundAsync(caller)
            : caller.AnswerAsync(new AccessKeyAnswer(Describe(key, time.GetUtcNow())), ControlPlaneJson.Default.AccessKeyAnswer);
    }

    private async Task RevokeAsync(ApiCaller caller)
    {
        var request = await caller.ReadAsync(ControlPlaneJson.Default.RevokeAccessKeyRequest);
        if (string.IsNullOrEmpty(request?.AccessKey))
        {
            await caller.RefuseAsync(StatusCodes.Status400BadRequest, "invalid_argument", "accessKey is required.");
            return;
        }

        if (!await keys.RevokeAsync(caller.Token.OrganizationId, request.AccessKey, caller.Aborted))
        {
            await NotFoundAsync(caller);
            return;
        }

        LogRevoked(request.AccessKey, caller.Token.Principal, caller.Token.OrganizationId);
        caller.Context.Response.ContentType = "application/json";
        await caller.Context.Response.WriteAsync("{}", caller.Aborted);
    }

    private static Task NotFoundAsync(ApiCaller caller) =>
        caller.RefuseAsync(StatusCodes.Status404NotFound, "not_found", "The organization has no such access key.");

    [LoggerMessage(2500, LogLevel.Information, "Access key {AccessKeyId} was created for {Principal} of {Organization}.")]
    private partial void LogCreated(string accessKeyId, string principal, string organization);

    [LoggerMessage(2501, LogLevel.Information, "Access key {AccessKeyId} was revoked by {Principal} of {Organization}.")]
    private partial void LogRevoked(string accessKeyId, string principal, string organization);
}
