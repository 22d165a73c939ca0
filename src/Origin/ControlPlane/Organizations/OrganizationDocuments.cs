using System.Text.Json.Serialization;
using EdgeCache.Origin.ControlPlane.Tokens;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.ControlPlane.Organizations;

/// <summary>The request to make an organization.</summary>
/// <param name="Id">Its id: lower-case letters, digits and inner hyphens, at most 63. Made when absent.</param>
/// <param name="DisplayName">Its name for people; the id when absent.</param>
/// <param name="Quotas">Its quotas; the deployment's when absent.</param>
internal sealed record CreateOrganizationRequest(string? Id = null, string? DisplayName = null, QuotaDocument? Quotas = null);

/// <summary>How much an organization may keep, in bytes.</summary>
/// <param name="DefaultBytes">In each region that is not named; 30 TB when absent.</param>
/// <param name="Regions">By region, where it differs.</param>
internal sealed record QuotaDocument(long? DefaultBytes = null, IReadOnlyDictionary<string, long>? Regions = null);

/// <summary>What is told of an organization.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Status"><c>ACTIVE</c> or <c>SUSPENDED</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Quotas">Its quotas.</param>
/// <param name="Settings">Its settings.</param>
internal sealed record OrganizationInfo(
    string Id, string DisplayName, string Status, DateTimeOffset CreatedAt, QuotaDocument Quotas, OrganizationSettings Settings)
{
    public static OrganizationInfo Of(Organization organization) => new(
        organization.Id,
        organization.DisplayName,
        organization.IsSuspended ? "SUSPENDED" : "ACTIVE",
        organization.CreatedAt,
        new QuotaDocument(organization.DefaultQuota ?? OrganizationFacts.StandardQuotaBytes, organization.Quotas),
        new OrganizationSettings(organization.AuditsControlPlane, organization.AuditsBuckets));
}

/// <summary>A new organization.</summary>
/// <param name="Organization">What it is.</param>
/// <param name="ApiToken">Its first admin token, which is shown this once.</param>
/// <param name="NextStep">How to set its first access policy, without which it denies everything.</param>
internal sealed record CreatedOrganization(OrganizationInfo Organization, CreatedToken ApiToken, string NextStep);

/// <summary>One organization.</summary>
internal sealed record OrganizationAnswer(OrganizationInfo Organization);

/// <summary>The organizations.</summary>
/// <param name="Organizations">In the order of their ids.</param>
/// <param name="NextPageToken">Where the listing goes on, as <c>pageToken</c>; absent when it is complete.</param>
internal sealed record OrganizationListAnswer(
    IReadOnlyList<OrganizationInfo> Organizations, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>The settings of an organization; in a request, what is absent stays as it is.</summary>
/// <param name="ControlPlaneAuditLoggingEnabled">Whether what is done through this API is recorded.</param>
/// <param name="BucketAuditLoggingEnabled">Whether requests to buckets are recorded that have no setting of their own.</param>
internal sealed record OrganizationSettings(bool? ControlPlaneAuditLoggingEnabled = null, bool? BucketAuditLoggingEnabled = null);

/// <summary>The request to change an organization's settings, and its answer.</summary>
internal sealed record OrganizationSettingsDocument(OrganizationSettings? Settings);
