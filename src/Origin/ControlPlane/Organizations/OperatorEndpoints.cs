using System.Collections.Immutable;
using EdgeCache.Origin.ControlPlane.Tokens;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Organizations;

/// <summary>What the deployment's operator does with organizations.</summary>
internal sealed partial class OperatorEndpoints(
    OrganizationStore organizations, ApiTokenStore tokens, OriginOptions options, TimeProvider time, ILogger<OperatorEndpoints> logger) : IApiEndpoints
{
    private const string All = "/v1/operator/organizations";
    private const string One = All + "/{organizationId}";

    public void Map(IEndpointRouteBuilder api)
    {
        var example = OrganizationInfo.Of(new Organization { Id = "abc123", DisplayName = "ABC Inc.", CreatedAt = DateTimeOffset.UnixEpoch.AddYears(50) });
        var token = new CreatedToken("ueqXfgRCYGqptEXAMPLE1", "cwt0123456789abcdefghijklmnopqrstuvwxyzABCD", "first", "coreweave/ueqXfgRCYGqptEXAMPLE1", [], true, null);
        var quotas = new QuotaDocument(10_000_000_000_000, new Dictionary<string, long> { [options.Region] = 50_000_000_000_000 });
        api.MapPost(All, CreateAsync).LimitCredentials().Describe(
            "CreateOrganization",
            "Makes an organization and its first admin API token. It denies everything until it has an access policy.",
            new CreatedOrganization(example, token, FirstPolicy.NextStep("https://api.example.com", token.Token)),
            new CreateOrganizationRequest("abc123", "ABC Inc."));
        api.MapGet(All, List).Describe("ListOrganizations", "Lists the organizations.", new OrganizationListAnswer([example], null));
        api.MapGet(One, Get).Describe("GetOrganization", "Tells about one organization.", new OrganizationAnswer(example));
        api.MapPost(One + "/suspend", SuspendAsync).Describe(
            "SuspendOrganization", "Denies an organization's callers everything, everywhere within a second.", new OrganizationAnswer(example with { Status = "SUSPENDED" }));
        api.MapPost(One + "/resume", ResumeAsync).Describe("ResumeOrganization", "Lets a suspended organization go on.", new OrganizationAnswer(example));
        api.MapPut(One + "/quotas", SetQuotasAsync).Describe(
            "SetOrganizationQuotas", "Replaces an organization's quotas.", new OrganizationAnswer(example with { Quotas = quotas }), quotas);
        api.MapPost(One + "/api-token", CreateTokenAsync).LimitCredentials().Describe(
            "CreateOrganizationAdminToken", "Makes another admin API token for an organization that has lost its own.", token, new CreateTokenRequest("first"));
    }

    private async Task<Ok<CreatedOrganization>> CreateAsync(
        OperatorCaller caller, ApiBody<CreateOrganizationRequest> body, HttpContext context, CancellationToken cancellationToken)
    {
        var id = body.Value.Id ?? Secrets.NewOrganizationId();
        if (!Organization.IsValidId(id))
        {
            throw ApiException.Invalid($"'id' must be 1 to {Organization.MaxIdLength} lower-case letters, digits or inner hyphens.");
        }

        var displayName = body.Value.DisplayName ?? id;
        if (displayName.Length is 0 or > TokenDraft.MaxNameLength || displayName.Any(char.IsControl))
        {
            throw ApiException.Invalid($"'displayName' must have 1 to {TokenDraft.MaxNameLength} characters, none of them a control character.");
        }

        var quotas = Check(body.Value.Quotas);
        var (token, secret) = TokenDraft.Make(id, new CreateTokenRequest("first", Admin: true), time.GetUtcNow());
        var organization = new Organization
        {
            Id = id, DisplayName = displayName, CreatedAt = time.GetUtcNow(), DefaultQuota = body.Value.Quotas?.DefaultBytes, Quotas = quotas,
        };
        if (!await organizations.CreateAsync(organization, token, secret, cancellationToken))
        {
            throw ApiException.Conflict("There is an organization of this id.");
        }

        LogCreated(id);
        return TypedResults.Ok(new CreatedOrganization(
            OrganizationInfo.Of(organization), CreatedToken.Of(token, secret), FirstPolicy.NextStep($"{context.Request.Scheme}://{context.Request.Host}", secret)));
    }

    private Ok<OrganizationListAnswer> List(OperatorCaller caller, int? pageSize, string? pageToken)
    {
        var size = ApiPages.Size(pageSize, OrganizationStore.MaxOrganizations);
        var found = organizations.List(pageToken ?? string.Empty, size + 1);
        return TypedResults.Ok(new OrganizationListAnswer([.. found.Take(size).Select(OrganizationInfo.Of)], found.Count > size ? found[size - 1].Id : null));
    }

    private Ok<OrganizationAnswer> Get(OperatorCaller caller, string organizationId) =>
        TypedResults.Ok(new OrganizationAnswer(OrganizationInfo.Of(organizations.Find(organizationId) ?? throw NoSuchOrganization())));

    private Task<Ok<OrganizationAnswer>> SuspendAsync(OperatorCaller caller, string organizationId, CancellationToken cancellationToken) =>
        SetSuspendedAsync(caller, organizationId, isSuspended: true, cancellationToken);

    private Task<Ok<OrganizationAnswer>> ResumeAsync(OperatorCaller caller, string organizationId, CancellationToken cancellationToken) =>
        SetSuspendedAsync(caller, organizationId, isSuspended: false, cancellationToken);

    private async Task<Ok<OrganizationAnswer>> SetSuspendedAsync(
        OperatorCaller caller, string organizationId, bool isSuspended, CancellationToken cancellationToken)
    {
        if (!await organizations.SetSuspendedAsync(organizationId, isSuspended, cancellationToken))
        {
            throw NoSuchOrganization();
        }

        LogSuspended(organizationId, isSuspended);
        return Get(caller, organizationId);
    }

    private async Task<Ok<OrganizationAnswer>> SetQuotasAsync(
        OperatorCaller caller, string organizationId, ApiBody<QuotaDocument> body, CancellationToken cancellationToken)
    {
        var quotas = Check(body.Value);
        if (!await organizations.SetQuotasAsync(organizationId, body.Value.DefaultBytes, quotas, cancellationToken))
        {
            throw NoSuchOrganization();
        }

        LogQuotas(organizationId);
        return Get(caller, organizationId);
    }

    private async Task<Ok<CreatedToken>> CreateTokenAsync(
        OperatorCaller caller, string organizationId, ApiBody<CreateTokenRequest> body, CancellationToken cancellationToken)
    {
        if (organizations.Find(organizationId) is null)
        {
            throw NoSuchOrganization();
        }

        var (token, secret) = TokenDraft.Make(organizationId, body.Value with { Admin = true }, time.GetUtcNow());
        if (!await tokens.AddAsync(token, secret, cancellationToken))
        {
            throw ApiException.Conflict($"The organization has {ApiTokenStore.MaxTokens} API tokens, which is as many as it may have.");
        }

        LogToken(token.Id, organizationId);
        return TypedResults.Ok(CreatedToken.Of(token, secret));
    }

    private ImmutableSortedDictionary<string, long> Check(QuotaDocument? quotas)
    {
        var regions = options.Regions.Count == 0 ? [options.Region] : options.Regions;
        foreach (var (region, bytes) in quotas?.Regions ?? ImmutableSortedDictionary<string, long>.Empty)
        {
            if (!regions.Contains(region))
            {
                throw ApiException.Invalid($"'{region}' is not a region; the regions are {string.Join(", ", regions)}.");
            }

            CheckBytes(bytes);
        }

        CheckBytes(quotas?.DefaultBytes ?? 0);
        return quotas?.Regions?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? ImmutableSortedDictionary<string, long>.Empty;
    }

    private static void CheckBytes(long bytes)
    {
        if (bytes < 0)
        {
            throw ApiException.Invalid("A quota must be 0 or more bytes.");
        }
    }

    private static ApiException NoSuchOrganization() => ApiException.NotFound("There is no such organization.");

    [LoggerMessage(2550, LogLevel.Information, "Organization {Organization} was made.")]
    private partial void LogCreated(string organization);

    [LoggerMessage(2551, LogLevel.Information, "Organization {Organization}: suspended = {IsSuspended}.")]
    private partial void LogSuspended(string organization, bool isSuspended);

    [LoggerMessage(2552, LogLevel.Information, "The quotas of organization {Organization} were set.")]
    private partial void LogQuotas(string organization);

    [LoggerMessage(2553, LogLevel.Information, "The operator made admin token {TokenId} for organization {Organization}.")]
    private partial void LogToken(string tokenId, string organization);
}
