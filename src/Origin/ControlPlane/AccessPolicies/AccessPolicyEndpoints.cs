using System.Text.Json;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Iam.Policies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.AccessPolicies;

/// <summary>The access policies of the caller's organization: list, apply, delete.</summary>
internal sealed partial class AccessPolicyEndpoints(AccessPolicyStore policies, ILogger<AccessPolicyEndpoints> logger) : IApiEndpoints
{
    private const string Policies = "/v1/cwobject/access-policy";

    public void Map(IEndpointRouteBuilder api)
    {
        var example = JsonSerializer.SerializeToElement(
            new AccessPolicyDocument("v1alpha1", "test-policy", [new("allow-everything", "Allow", ["*"], ["*"], ["*"])]), ApiJson.Options);
        api.MapGet(Policies, List).Describe("ListAccessPolicies", "Lists the organization's access policies.", new AccessPolicyListAnswer([example]));
        api.MapPost(Policies, EnsureAsync).Describe(
            "EnsureAccessPolicy",
            "Adds an access policy, or replaces the one of its name; in force everywhere within a second.",
            EmptyAnswer.Instance,
            new EnsureAccessPolicyRequest(example));
        api.MapDelete(Policies + "/{policyName}", DeleteAsync).Describe(
            "DeleteAccessPolicy", "Deletes an access policy, everywhere within a second.", EmptyAnswer.Instance);
    }

    private Ok<AccessPolicyListAnswer> List(ApiCaller caller)
    {
        caller.Require("cwobject:ListAccessPolicy");
        return TypedResults.Ok(new AccessPolicyListAnswer([.. policies.List(caller.OrganizationId).Select(Show)]));
    }

    /// <summary>The policy as it was put; its text as a string, should it not even be JSON any more.</summary>
    private static JsonElement Show(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(json);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json);
        }
    }

    private async Task<Ok<EmptyAnswer>> EnsureAsync(ApiCaller caller, ApiBody<EnsureAccessPolicyRequest> body, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:EnsureAccessPolicy");
        if (body.Value.Policy.ValueKind == JsonValueKind.Undefined)
        {
            throw ApiException.Invalid("'policy' is required.");
        }

        if (AccessPolicy.TryParse(body.Value.Policy.GetRawText(), out var policy) is { } problem)
        {
            throw ApiException.Invalid($"The policy is refused: {problem}");
        }

        if (!await policies.PutAsync(caller.OrganizationId, policy!, cancellationToken))
        {
            throw ApiException.Conflict($"The organization has {AccessPolicyStore.MaxPolicies} access policies, which is as many as it may have.");
        }

        LogPut(policy!.Name, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(EmptyAnswer.Instance);
    }

    private async Task<Ok<EmptyAnswer>> DeleteAsync(ApiCaller caller, string policyName, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:DeleteAccessPolicy");
        if (!await policies.DeleteAsync(caller.OrganizationId, policyName, cancellationToken))
        {
            throw ApiException.NotFound("The organization has no access policy of this name.");
        }

        LogDeleted(policyName, caller.Token.Principal, caller.OrganizationId);
        return TypedResults.Ok(EmptyAnswer.Instance);
    }

    [LoggerMessage(2530, LogLevel.Information, "Access policy {Policy} was put by {Principal} of {Organization}.")]
    private partial void LogPut(string policy, string principal, string organization);

    [LoggerMessage(2531, LogLevel.Information, "Access policy {Policy} was deleted by {Principal} of {Organization}.")]
    private partial void LogDeleted(string policy, string principal, string organization);
}
