using EdgeCache.Origin.Identity;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Replication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Buckets;

/// <summary>The buckets of the caller's organization: what they are and hold, and their settings.</summary>
internal sealed partial class BucketEndpoints(
    BucketDirectory directory, BucketSettingsStore settings, OrganizationStore organizations, RegionalFacts regions, ILogger<BucketEndpoints> logger) : IApiEndpoints
{
    /// <summary>The most buckets that one listing returns.</summary>
    public const int MaxListed = 10_000;

    public void Map(IEndpointRouteBuilder api)
    {
        var example = new BucketInfo(
            "abc123", "my-bucket", DateTimeOffset.UnixEpoch.AddYears(50), new BucketSettings(true, false), "ORD1",
            BucketMeasurement.Of(new BucketUsage("my-bucket", "abc123", 1234, 1_610_612_736, 0, 0, 0)));
        api.MapPut("/v1/cwobject/bucket/settings", SetAsync).Describe(
            "SetBucketSettings",
            "Sets whether requests to a bucket are recorded, and whether its reads are strong: edges then ask its region on every read. What is absent stays.",
            new BucketSettingsAnswer(example.Settings),
            new SetBucketSettingsRequest(example.Name, example.Settings));
        api.MapGet("/v1/cwobject/bucket-info", ListAsync).Describe(
            "ListBucketInfo", "Lists the organization's buckets of all regions, with what they hold.", new BucketInfoListAnswer([example], null));
        api.MapGet("/v1/cwobject/bucket-info/{bucketName}", GetAsync).Describe("GetBucketInfo", "Tells about one bucket.", new BucketInfoAnswer(example));
    }

    private async Task<Ok<BucketSettingsAnswer>> SetAsync(ApiCaller caller, ApiBody<SetBucketSettingsRequest> body, CancellationToken cancellationToken)
    {
        var name = body.Value.BucketName ?? throw ApiException.Invalid("'bucketName' is required.");
        var wanted = body.Value.Settings;
        if (wanted is null or (null, null))
        {
            throw ApiException.Invalid("'settings' must have auditLoggingEnabled or strongReads.");
        }

        Require(caller, wanted.AuditLoggingEnabled, "cwobject:EnableBucketAuditLogging", "cwobject:DisableBucketAuditLogging");
        Require(caller, wanted.StrongReads, "cwobject:EnableBucketStrongReads", "cwobject:DisableBucketStrongReads");
        if (directory.Find(name) is not { } entry || entry.OwnerOrganizationId != caller.OrganizationId)
        {
            throw NoSuchBucket();
        }

        if (wanted.StrongReads is { } strong)
        {
            // The home region keeps it, since its change feed tells the edges.
            var (isKnown, facts) = await regions.SetStrongReadsAsync(entry.Region, name, strong, cancellationToken);
            if (!isKnown || facts is null)
            {
                throw isKnown ? NoSuchBucket() : ApiException.Unavailable($"The region {entry.Region} can't be reached.");
            }

            LogStrongReads(name, strong, caller.Token.Principal, caller.OrganizationId);
        }

        if (wanted.AuditLoggingEnabled is { } audits)
        {
            if (!await settings.SetAuditAsync(caller.OrganizationId, name, audits, cancellationToken))
            {
                throw NoSuchBucket();
            }

            LogSet(name, audits, caller.Token.Principal, caller.OrganizationId);
        }

        return TypedResults.Ok(new BucketSettingsAnswer(wanted));
    }

    private async Task<Ok<BucketInfoListAnswer>> ListAsync(ApiCaller caller, int? pageSize, string? pageToken, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:ListBucketInfo");
        var size = ApiPages.Size(pageSize, MaxListed);
        var entries = directory.List(caller.OrganizationId)
            .Where(e => pageToken is null || string.CompareOrdinal(e.Bucket, pageToken) > 0)
            .Take(size + 1)
            .ToList();
        var usage = await Task.WhenAll(entries.Select(static e => e.Region).Distinct().Select(r => regions.UsageAsync(r, caller.OrganizationId, cancellationToken)));
        var byBucket = usage.SelectMany(static u => u.Value?.Buckets ?? []).ToDictionary(static b => b.Bucket, StringComparer.Ordinal);
        var own = settings.ListAudit(caller.OrganizationId);
        var byDefault = organizations.Find(caller.OrganizationId)!.AuditsBuckets;
        return TypedResults.Ok(new BucketInfoListAnswer(
            [.. entries.Take(size).Select(e => Describe(e, own.GetValueOrDefault(e.Bucket, byDefault), byBucket.GetValueOrDefault(e.Bucket)))],
            entries.Count > size ? entries[size - 1].Bucket : null));
    }

    private async Task<Ok<BucketInfoAnswer>> GetAsync(ApiCaller caller, string bucketName, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:GetBucketInfo");
        if (directory.Find(bucketName) is not { } entry || entry.OwnerOrganizationId != caller.OrganizationId)
        {
            throw NoSuchBucket();
        }

        var usage = await regions.UsageOfBucketAsync(entry.Region, bucketName, cancellationToken);
        var audits = settings.ListAudit(caller.OrganizationId).GetValueOrDefault(bucketName, organizations.Find(caller.OrganizationId)!.AuditsBuckets);
        return TypedResults.Ok(new BucketInfoAnswer(Describe(entry, audits, usage.Value)));
    }

    private static void Require(ApiCaller caller, bool? isEnabled, string enable, string disable)
    {
        if (isEnabled is { } value)
        {
            caller.Require(value ? enable : disable);
        }
    }

    private static BucketInfo Describe(DirectoryEntry entry, bool audits, BucketUsage? usage) => new(
        entry.OwnerOrganizationId, entry.Bucket, entry.CreatedAt, new BucketSettings(audits, usage?.StrongReads), entry.Region, BucketMeasurement.Of(usage));

    private static ApiException NoSuchBucket() => ApiException.NotFound("The organization has no such bucket.");

    [LoggerMessage(2560, LogLevel.Information, "Audit logging of bucket {Bucket} was set to {Audits} by {Principal} of {Organization}.")]
    private partial void LogSet(string bucket, bool audits, string principal, string organization);

    [LoggerMessage(2561, LogLevel.Information, "Strong reads of bucket {Bucket} were set to {Strong} by {Principal} of {Organization}.")]
    private partial void LogStrongReads(string bucket, bool strong, string principal, string organization);
}
