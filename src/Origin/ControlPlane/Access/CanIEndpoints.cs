using EdgeCache.Origin.ControlPlane.AccessKeys;
using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Access;

/// <summary>Answers whether an action would be allowed, by the evaluator that decides real requests and from the same facts.</summary>
internal sealed class CanIEndpoints(OrganizationStore organizations, BucketDirectory directory, RegionalFacts regions, TimeProvider time) : IApiEndpoints
{
    private const int MaxPrincipalLength = 256;

    private static readonly AccessDecision NoSuchBucket = new(false, "there is no such bucket");

    public void Map(IEndpointRouteBuilder api) => api.MapPost("/v1/cwobject/auth/can-i", AskAsync).Describe(
        "CanI",
        "Tells whether a principal would be allowed an action on a resource, and which statement decides that.",
        new CanIAnswer(Allowed: true, "an access policy allows it and the bucket belongs to the caller's organization", "access-policy/test-policy", "allow-everything"),
        new CanIRequest("s3:GetObject", "my-bucket/models/a.safetensors", "coreweave/ueqXfgRCYGqptEXAMPLE1", ["ml-team"], null, new Dictionary<string, string> { ["aws:SourceIp"] = "10.1.2.3" }));

    private async Task<Ok<CanIAnswer>> AskAsync(ApiCaller caller, ApiBody<CanIRequest> body, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var principal = PrincipalOf(caller, request);
        if (string.IsNullOrEmpty(request.Action) || !IamActions.IsKnown(request.Action))
        {
            throw ApiException.Invalid("'action' must be a known action, e.g. s3:GetObject.");
        }

        var resource = AccessResource.Parse(request.Resource);
        var context = AccessContext.Parse(request.Context, time.GetUtcNow());
        var (decision, bucket) = await DecideAsync(request.Action, principal, resource, context, cancellationToken);
        var mayKnow = bucket is null || bucket.OwnerOrganizationId == caller.OrganizationId || decision.Policy?.StartsWith("access-policy/", StringComparison.Ordinal) == true;
        return TypedResults.Ok(new CanIAnswer(decision.Allowed, decision.Reason, decision.Policy, mayKnow ? decision.Statement : null));
    }

    private static Principal PrincipalOf(ApiCaller caller, CanIRequest request)
    {
        var own = caller.Token.ToPrincipal();
        if (request.PrincipalName is { } name && name != own.Name)
        {
            caller.Require("cwobject:CanI");
            if (name.Length is 0 or > MaxPrincipalLength)
            {
                throw ApiException.Invalid($"'principalName' must have 1 to {MaxPrincipalLength} characters.");
            }

            own = own with { Name = name, Groups = [], IsAdmin = false };
        }

        if (request.Groups is not null)
        {
            if (!request.Groups.All(own.Groups.Contains))
            {
                caller.Require("cwobject:CanI");
            }

            own = own with { Groups = [.. request.Groups] };
        }

        return own with { Level = AccessLevels.Parse(request.AccessLevel) };
    }

    private async Task<(AccessDecision Decision, BucketFacts? Bucket)> DecideAsync(
        string action, Principal principal, AccessResource resource, AccessContext context, CancellationToken cancellationToken)
    {
        var organization = organizations.Facts(principal.OrganizationId);
        var question = new AccessRequest
        {
            Principal = principal,
            Action = action,
            Organization = organization,
            BucketName = resource.Bucket ?? string.Empty,
            Key = resource.Key?.Value ?? string.Empty,
            Conditions = context.Conditions,
        };
        var needsBucket = resource.Bucket is not null && !action.Equals("s3:CreateBucket", StringComparison.OrdinalIgnoreCase) &&
            !action.StartsWith(IamActions.ControlPrefix, StringComparison.OrdinalIgnoreCase);
        if (!needsBucket)
        {
            return (AccessEvaluator.Evaluate(question), null);
        }

        if (directory.Find(resource.Bucket!) is not { } entry)
        {
            return (NoSuchBucket, null);
        }

        var (isKnown, bucket) = await regions.BucketAsync(entry.Region, entry.Bucket, cancellationToken);
        if (!isKnown)
        {
            throw ApiException.Unavailable($"The bucket's region {entry.Region} can't be asked at the moment.");
        }

        if (bucket is null)
        {
            return (NoSuchBucket, null);
        }

        var target = await ObjectAsync(entry.Region, resource, context, cancellationToken);
        return (AccessEvaluator.Evaluate(question with { Bucket = bucket, Object = target }), bucket);
    }

    /// <summary>The object's facts; null when there is none yet, so that its ACL plays no part.</summary>
    private async Task<ObjectAccess?> ObjectAsync(string region, AccessResource resource, AccessContext context, CancellationToken cancellationToken)
    {
        if (resource is not { Bucket: { } bucket, Key: { } key })
        {
            return null;
        }

        var (isKnown, version) = await regions.VersionAsync(region, bucket, key, context.VersionId, cancellationToken);
        if (!isKnown)
        {
            throw ApiException.Unavailable($"The bucket's region {region} can't be asked at the moment.");
        }

        var target = ObjectAccess.Of(version);
        return ReferenceEquals(target, ObjectAccess.Absent) ? null : target with { Tags = context.ExistingTags ?? target.Tags };
    }
}
