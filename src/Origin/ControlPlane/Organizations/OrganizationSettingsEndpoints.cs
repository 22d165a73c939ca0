using EdgeCache.Origin.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Organizations;

/// <summary>The settings of the caller's organization.</summary>
internal sealed partial class OrganizationSettingsEndpoints(OrganizationStore organizations, ILogger<OrganizationSettingsEndpoints> logger) : IApiEndpoints
{
    public void Map(IEndpointRouteBuilder api)
    {
        var example = new OrganizationSettingsDocument(new OrganizationSettings(ControlPlaneAuditLoggingEnabled: true, BucketAuditLoggingEnabled: true));
        api.MapPut("/v1/cwobject/organization/settings", SetAsync).Describe(
            "SetOrganizationSettings", "Sets whether operations of this API and requests to buckets are recorded; answers all settings.", example, example);
    }

    private async Task<Ok<OrganizationSettingsDocument>> SetAsync(
        ApiCaller caller, ApiBody<OrganizationSettingsDocument> body, CancellationToken cancellationToken)
    {
        var settings = body.Value.Settings ?? throw ApiException.Invalid("'settings' is required.");
        if (settings is (null, null))
        {
            throw ApiException.Invalid("'settings' must have controlPlaneAuditLoggingEnabled or bucketAuditLoggingEnabled.");
        }

        Require(caller, settings.ControlPlaneAuditLoggingEnabled, "cwobject:EnableControlPlaneAuditLogging", "cwobject:DisableControlPlaneAuditLogging");
        Require(caller, settings.BucketAuditLoggingEnabled, "cwobject:EnableBucketAuditLoggingDefault", "cwobject:DisableBucketAuditLoggingDefault");
        await organizations.SetAuditAsync(
            caller.OrganizationId, settings.ControlPlaneAuditLoggingEnabled, settings.BucketAuditLoggingEnabled, cancellationToken);
        LogSet(caller.OrganizationId, caller.Token.Principal);
        return TypedResults.Ok(new OrganizationSettingsDocument(OrganizationInfo.Of(organizations.Find(caller.OrganizationId)!).Settings));
    }

    private static void Require(ApiCaller caller, bool? isEnabled, string enable, string disable)
    {
        if (isEnabled is { } value)
        {
            caller.Require(value ? enable : disable);
        }
    }

    [LoggerMessage(2554, LogLevel.Information, "The settings of {Organization} were changed by {Principal}.")]
    private partial void LogSet(string organization, string principal);
}
