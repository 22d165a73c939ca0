using System.Collections.Immutable;
using EdgeCache.Origin.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.AccessKeys;

/// <summary>The access keys of the caller's organization: create, list, look at, revoke.</summary>
internal sealed partial class AccessKeyEndpoints(
    AccessKeyStore keys, TemporaryKeys issuer, TimeProvider time, ILogger<AccessKeyEndpoints> logger) : IApiEndpoints
{
    private const string Keys = "/v1/cwobject/access-key";
    private const int MaxNameLength = 128;

    public void Map(IEndpointRouteBuilder api)
    {
        var expiry = DateTimeOffset.UnixEpoch.AddYears(60);
        var info = new AccessKeyInfo(
            "CWABCDEFGHIJKLMN", "ACTIVE", "coreweave/ueqXfgRCYGqptEXAMPLE1", new Dictionary<string, string> { ["accessLevel"] = "full", ["name"] = "training" }, expiry, "abc123");
        api.MapPost(Keys, CreateAsync).LimitCredentials().Describe(
            "CreateAccessKeyFromJWT",
            "Creates an access key for the token's principal; durationSeconds 0 makes a permanent one. The secret is shown this once.",
            new CreatedAccessKey(info.AccessKeyId, expiry, info.PrincipalName, "cwo1234567890abcdefghijklmnopqrstuvwxyz1234"),
            new CreateAccessKeyRequest(300));
        api.MapGet(Keys, List).Describe("ListAccessKeyInfo", "Lists the organization's access keys.", new AccessKeyListAnswer([info], null));
        api.MapGet(Keys + "/{accessKeyId}", Get).Describe("GetAccessKeyInfo", "Tells about one access key.", new AccessKeyAnswer(info));
        api.MapPost("/v1/cwobject/revoke-access-key/access-key", RevokeAsync).Describe(
            "RevokeAccessKeyByAccessKey", "Revokes an access key, everywhere within a second.", EmptyAnswer.Instance, new RevokeAccessKeyRequest(info.AccessKeyId));
        api.MapPost("/v1/cwobject/revoke-access-key/principal", RevokePrincipalAsync).Describe(
            "RevokeAccessKeysByPrincipal", "Revokes all access keys of a principal, everywhere within a second.", EmptyAnswer.Instance, new RevokePrincipalRequest(info.PrincipalName));
    }

    private async Task<Ok<CreatedAccessKey>> CreateAsync(ApiCaller caller, ApiBody<CreateAccessKeyRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:CreateAccessKey");
        var (duration, name, levelName, region) = body.Value;
        var lifetime = ApiDurations.Parse(duration);
        var level = AccessLevels.Parse(levelName);
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        AddAttribute(attributes, AccessKeyAttributes.Name, name);
        AddAttribute(attributes, AccessKeyAttributes.DefaultRegion, region);
        var token = caller.Token;
        var issued = lifetime is { } limited
            ? await issuer.IssueAsync(token.OrganizationId, token.Principal, token.Groups, level, limited, attributes.ToImmutable(), cancellationToken, token.Id)
            : await issuer.IssuePermanentAsync(
                new KeyDraft(token.OrganizationId, token.Principal, token.Groups, level, attributes.ToImmutable(), token.Id), cancellationToken);
        LogCreated(issued.Key.Id, issued.Key.Principal, issued.Key.OrganizationId);
        return TypedResults.Ok(CreatedAccessKey.Of(issued.Key));
    }

    private Ok<AccessKeyListAnswer> List(ApiCaller caller, int? pageSize, string? pageToken)
    {
        caller.Require("cwobject:ListAccessKeyInfo");
        var size = ApiPages.Size(pageSize, AccessKeyStore.MaxListed);
        var found = keys.List(caller.OrganizationId, pageToken ?? string.Empty, size + 1);
        var now = time.GetUtcNow();
        return TypedResults.Ok(new AccessKeyListAnswer([.. found.Take(size).Select(k => Describe(k, now))], found.Count > size ? found[size - 1].Id : null));
    }

    private Ok<AccessKeyAnswer> Get(ApiCaller caller, string accessKeyId)
    {
        caller.Require("cwobject:GetAccessKeyInfo");
        var (key, _) = keys.Find(accessKeyId);
        return key is null || key.OrganizationId != caller.OrganizationId
            ? throw NoSuchKey()
            : TypedResults.Ok(new AccessKeyAnswer(Describe(key, time.GetUtcNow())));
    }

    private async Task<Ok<EmptyAnswer>> RevokeAsync(ApiCaller caller, ApiBody<RevokeAccessKeyRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:RevokeAccessKeyByAccessKey");
        if (string.IsNullOrEmpty(body.Value.AccessKey))
        {
            throw ApiException.Invalid("'accessKey' is required.");
        }

        if (!await keys.RevokeAsync(caller.OrganizationId, body.Value.AccessKey, cancellationToken))
        {
            throw NoSuchKey();
        }

        LogRevoked(body.Value.AccessKey, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(EmptyAnswer.Instance);
    }

    private async Task<Ok<EmptyAnswer>> RevokePrincipalAsync(ApiCaller caller, ApiBody<RevokePrincipalRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:RevokeAccessKeysByPrincipal");
        if (string.IsNullOrEmpty(body.Value.PrincipalName))
        {
            throw ApiException.Invalid("'principalName' is required.");
        }

        // Nothing to revoke is what was asked for, so it is no error: the call can be repeated.
        var count = await keys.RevokePrincipalAsync(caller.OrganizationId, body.Value.PrincipalName, cancellationToken);
        LogPrincipalRevoked(count, body.Value.PrincipalName, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(EmptyAnswer.Instance);
    }

    private static AccessKeyInfo Describe(AccessKey key, DateTimeOffset now) => new(
        key.Id,
        key.Status == AccessKeyStatus.Revoked ? "REVOKED" : key.IsUsable(now) ? "ACTIVE" : "EXPIRED",
        key.Principal,
        key.Attributes.SetItem("accessLevel", AccessLevels.NameOf(key.Level)),
        key.ExpiresAt,
        key.OrganizationId);

    private static void AddAttribute(ImmutableSortedDictionary<string, string>.Builder attributes, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (value.Length is 0 or > MaxNameLength || value.Any(char.IsControl))
        {
            throw ApiException.Invalid($"'{name}' must have 1 to {MaxNameLength} characters, none of them a control character.");
        }

        attributes[name] = value;
    }

    private static ApiException NoSuchKey() => ApiException.NotFound("The organization has no such access key.");

    [LoggerMessage(2510, LogLevel.Information, "Access key {AccessKeyId} was created for {Principal} of {Organization}.")]
    private partial void LogCreated(string accessKeyId, string principal, string organization);

    [LoggerMessage(2511, LogLevel.Information, "Access key {AccessKeyId} was revoked by {Principal} of {Organization}.")]
    private partial void LogRevoked(string accessKeyId, string principal, string organization);

    [LoggerMessage(2512, LogLevel.Information, "{Count} access keys of {Subject} were revoked by {Principal} of {Organization}.")]
    private partial void LogPrincipalRevoked(int count, string subject, string principal, string organization);
}
