using EdgeCache.Origin.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Tokens;

/// <summary>The API tokens of the caller's organization: create, list, revoke.</summary>
internal sealed partial class TokenEndpoints(ApiTokenStore tokens, TimeProvider time, ILogger<TokenEndpoints> logger) : IApiEndpoints
{
    private const string Tokens = "/v1/cwobject/api-token";

    public void Map(IEndpointRouteBuilder api)
    {
        var (id, principal, created) = ("ueqXfgRCYGqptEXAMPLE1", "coreweave/ueqXfgRCYGqptEXAMPLE1", DateTimeOffset.UnixEpoch.AddYears(50));
        api.MapPost(Tokens, CreateAsync).LimitCredentials().Describe(
            "CreateApiToken",
            "Creates an API token. It is shown this once; only its hash is kept.",
            new CreatedToken(id, "cwt0123456789abcdefghijklmnopqrstuvwxyzABCD", "ci", principal, ["ml-team"], Admin: false, null),
            new CreateTokenRequest("ci", ["ml-team"]));
        api.MapGet(Tokens, List).Describe(
            "ListApiTokens", "Lists the organization's API tokens, without the tokens themselves.",
            new TokenListAnswer([new TokenInfo(id, "ci", "ACTIVE", principal, ["ml-team"], Admin: false, created, null, "abc123")]));
        api.MapDelete(Tokens + "/{tokenId}", RevokeAsync).Describe(
            "RevokeApiToken", "Revokes an API token and the temporary access keys that were made with it, everywhere within a second.", EmptyAnswer.Instance);
    }

    private async Task<Ok<CreatedToken>> CreateAsync(ApiCaller caller, ApiBody<CreateTokenRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:CreateApiToken");
        var (token, secret) = TokenDraft.Make(caller.OrganizationId, body.Value, time.GetUtcNow());
        if (!caller.Token.IsAdmin && (token.IsAdmin || token.Groups.Except(caller.Token.Groups).Any()))
        {
            throw ApiException.Denied("A token that is no admin token can't make one that may do more than itself: no admin token, and no groups but its own.");
        }

        if (!await tokens.AddAsync(token, secret, cancellationToken))
        {
            throw ApiException.Conflict($"The organization has {ApiTokenStore.MaxTokens} API tokens, which is as many as it may have: revoke some.");
        }

        LogCreated(token.Id, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(CreatedToken.Of(token, secret));
    }

    private Ok<TokenListAnswer> List(ApiCaller caller)
    {
        caller.Require("cwobject:ListApiTokens");
        var now = time.GetUtcNow();
        return TypedResults.Ok(new TokenListAnswer([.. tokens.List(caller.OrganizationId).Select(t => TokenInfo.Of(t, now))]));
    }

    private async Task<Ok<EmptyAnswer>> RevokeAsync(ApiCaller caller, string tokenId, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:RevokeApiToken");
        if (!await tokens.RevokeAsync(caller.OrganizationId, tokenId, cancellationToken))
        {
            throw ApiException.NotFound("The organization has no such API token.");
        }

        LogRevoked(tokenId, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(EmptyAnswer.Instance);
    }

    [LoggerMessage(2520, LogLevel.Information, "API token {TokenId} was created by {Principal} of {Organization}.")]
    private partial void LogCreated(string tokenId, string principal, string organization);

    [LoggerMessage(2521, LogLevel.Information, "API token {TokenId} was revoked by {Principal} of {Organization}.")]
    private partial void LogRevoked(string tokenId, string principal, string organization);
}
