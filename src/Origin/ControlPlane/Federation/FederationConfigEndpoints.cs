using System.Security.Cryptography;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity.Federation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Federation;

/// <summary>The organization's federation configurations: create, list, look at, replace, delete.</summary>
internal sealed partial class FederationConfigEndpoints(
    FederationStore store, OriginOptions options, TimeProvider time, ILogger<FederationConfigEndpoints> logger) : IApiEndpoints
{
    /// <summary>The largest body, in bytes: metadata or several certificates fit.</summary>
    private const int MaxBodyBytes = 256 * 1024;

    private const string Configs = "/v1/cwobject/federation-config";
    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public void Map(IEndpointRouteBuilder api)
    {
        var body = new FederationConfigRequest("cluster", "oidc", Oidc: new OidcRequest(
            "https://issuer.example.com", ["https://store.example.com"], "groups", ["system:serviceaccount:team:*"]));
        var info = new FederationConfigInfo(
            "fcabcdefghijklmnopqrst", "abc123", "cluster", "oidc", true, "full", 43_200, null, body.Oidc, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, []);
        var answer = new FederationConfigAnswer(info);
        var limit = new BodyLimit(MaxBodyBytes);
        api.MapPost(Configs, CreateAsync).WithMetadata(limit)
            .Describe("CreateFederationConfig", "Makes an identity provider one whose users and workloads may have keys.", answer, body);
        api.MapGet(Configs, List).Describe("ListFederationConfigs", "Lists the organization's federation configurations.", new FederationConfigListAnswer([info]));
        api.MapGet(Configs + "/{configId}", Get).Describe("GetFederationConfig", "Tells about one federation configuration.", answer);
        api.MapPut(Configs + "/{configId}", UpdateAsync).WithMetadata(limit)
            .Describe("UpdateFederationConfig", "Replaces a federation configuration. Keys issued before stay, unless revokeKeys is true.", answer, body);
        api.MapDelete(Configs + "/{configId}", DeleteAsync).Describe(
            "DeleteFederationConfig", "Deletes a federation configuration. Keys issued before stay, unless the query says revokeKeys=true.", EmptyAnswer.Instance);
    }

    private async Task<Ok<FederationConfigAnswer>> CreateAsync(ApiCaller caller, ApiBody<FederationConfigRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:CreateFederation");
        if (body.Value.RevokeKeys is not null)
        {
            throw ApiException.Invalid("'revokeKeys' makes no sense for a new configuration.");
        }

        var config = Read(caller, "fc" + RandomNumberGenerator.GetString(IdAlphabet, 20), body.Value);
        var (change, stored) = await store.AddAsync(config, cancellationToken);
        Check(change);
        LogCreated(stored.Id, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(new FederationConfigAnswer(Describe(stored)));
    }

    private Ok<FederationConfigListAnswer> List(ApiCaller caller)
    {
        caller.Require("cwobject:ListFederations");
        return TypedResults.Ok(new FederationConfigListAnswer([.. store.List(caller.OrganizationId).Select(Describe)]));
    }

    private Ok<FederationConfigAnswer> Get(ApiCaller caller, string configId)
    {
        caller.Require("cwobject:ListFederations");
        return TypedResults.Ok(new FederationConfigAnswer(Describe(store.Find(caller.OrganizationId, configId) ?? throw NotFound())));
    }

    private async Task<Ok<FederationConfigAnswer>> UpdateAsync(
        ApiCaller caller, string configId, ApiBody<FederationConfigRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:UpdateFederation");
        var revokeKeys = body.Value.RevokeKeys ?? false;
        var (change, stored, revoked) = await store.UpdateAsync(Read(caller, configId, body.Value), revokeKeys, cancellationToken);
        Check(change);
        LogChanged(stored.Id, caller.Token.Principal, caller.OrganizationId, revoked);
        return TypedResults.Ok(new FederationConfigAnswer(Describe(stored)) { RevokedKeys = revokeKeys ? revoked : null });
    }

    private async Task<Ok<EmptyAnswer>> DeleteAsync(ApiCaller caller, string configId, bool? revokeKeys, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:DeleteFederation");
        var revoked = await store.DeleteAsync(caller.OrganizationId, configId, revokeKeys ?? false, cancellationToken) ?? throw NotFound();
        LogDeleted(configId, caller.Token.Principal, caller.OrganizationId, revoked);
        return TypedResults.Ok(EmptyAnswer.Instance);
    }

    private FederationConfig Read(ApiCaller caller, string id, FederationConfigRequest request) => new()
    {
        Id = id,
        OrganizationId = caller.OrganizationId,
        Name = FederationConfigReader.ReadName(request.Name),
        Settings = FederationConfigReader.Read(request, options.AllowPrivateIssuers),
    };

    private FederationConfigInfo Describe(FederationConfig config) => FederationConfigWriter.Describe(config, time.GetUtcNow());

    private static void Check(FederationChange change)
    {
        switch (change)
        {
            case FederationChange.Done:
                return;
            case FederationChange.NotFound:
                throw NotFound();
            case FederationChange.NameTaken:
                throw ApiException.Conflict("The organization has another federation configuration of this name.");
            case FederationChange.TooMany:
                throw ApiException.Conflict($"The organization has {FederationStore.MaxPerOrganization} federation configurations, which is as many as it may have.");
            case FederationChange.OtherKind:
                throw ApiException.Conflict("A federation configuration's kind can't be changed: create another one.");
            case FederationChange.AmbiguousIssuer:
                throw ApiException.Conflict(
                    "The organization has a configuration whose issuer differs from this one by a colon and what follows: their subjects could get one name.");
            default:
                throw new InvalidOperationException($"Unknown outcome {change}.");
        }
    }

    private static ApiException NotFound() => ApiException.NotFound("The organization has no such federation configuration.");

    [LoggerMessage(2592, LogLevel.Information, "Federation configuration {ConfigId} was created by {Principal} of {Organization}.")]
    private partial void LogCreated(string configId, string principal, string organization);

    [LoggerMessage(2593, LogLevel.Information, "Federation configuration {ConfigId} was replaced by {Principal} of {Organization}; {Revoked} keys were revoked.")]
    private partial void LogChanged(string configId, string principal, string organization, int revoked);

    [LoggerMessage(2594, LogLevel.Information, "Federation configuration {ConfigId} was deleted by {Principal} of {Organization}; {Revoked} keys were revoked.")]
    private partial void LogDeleted(string configId, string principal, string organization, int revoked);
}
