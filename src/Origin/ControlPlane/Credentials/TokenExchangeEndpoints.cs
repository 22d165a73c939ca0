using System.Collections.Immutable;
using EdgeCache.Origin.Hosting;
using EdgeCache.Origin.Identity;
using EdgeCache.Shared.Iam;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EdgeCache.Origin.ControlPlane.Credentials;

/// <summary>Exchanges an API token for temporary credentials, the way AWS SDKs ask a container credential endpoint.</summary>
internal sealed partial class TokenExchangeEndpoints(TemporaryKeys keys, OriginOptions options, ILogger<TokenExchangeEndpoints> logger) : IApiEndpoints
{
    /// <summary>The shortest life that may be asked for, in seconds, as with AWS STS: SDKs renew credentials five minutes before their end.</summary>
    public const int MinDurationSeconds = 900;

    public void Map(IEndpointRouteBuilder api) => api.MapGet("/v1/cwobject/temporary-credentials/api-token", ExchangeAsync)
        .LimitCredentials()
        .WithMetadata(BareTokenAllowed.Instance)
        .Describe(
            "CreateTemporaryCredentialsFromApiToken",
            "Answers temporary credentials for the token's principal: the endpoint for AWS_CONTAINER_CREDENTIALS_FULL_URI.",
            new ContainerCredentials("CWABCDEFGHIJKLMN", "cwo1234567890abcdefghijklmnopqrstuvwxyz1234", "cwsEXAMPLE", DateTimeOffset.UnixEpoch.AddYears(60)));

    private async Task<Ok<ContainerCredentials>> ExchangeAsync(ApiCaller caller, int? durationSeconds, CancellationToken cancellationToken)
    {
        caller.Require("cwobject:CreateAccessKey");
        if (durationSeconds is < MinDurationSeconds || durationSeconds > TemporaryKeys.MaxLifetime.TotalSeconds)
        {
            throw ApiException.Invalid($"'durationSeconds' must be {MinDurationSeconds} to {(long)TemporaryKeys.MaxLifetime.TotalSeconds}.");
        }

        var lifetime = durationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.ContainerCredentialsLifetime;
        var (key, sessionToken) = await keys.IssueAsync(
            caller.OrganizationId,
            caller.Token.Principal,
            caller.Token.Groups,
            AccessLevel.Full,
            lifetime,
            ImmutableSortedDictionary<string, string>.Empty,
            cancellationToken,
            caller.Token.Id,
            withSessionToken: true);
        LogExchanged(key.Id, key.Principal, key.OrganizationId);
        return TypedResults.Ok(new ContainerCredentials(key.Id, key.Secret, sessionToken!, key.ExpiresAt!.Value));
    }

    [LoggerMessage(2540, LogLevel.Information, "Temporary key {AccessKeyId} was made from the API token of {Principal} of {Organization}.")]
    private partial void LogExchanged(string accessKeyId, string principal, string organization);
}
