using EdgeCache.Shared.Processes;
using EdgeCache.Transport;
using Microsoft.Extensions.Options;

namespace EdgeCache.Origin.Hosting;

/// <summary>Checks the options as a whole and reports all that is wrong together.</summary>
public sealed class OriginOptionsValidator : IValidateOptions<OriginOptions>
{
    /// <summary>The shortest cluster secret accepted, in characters.</summary>
    public const int MinSecretLength = 16;

    /// <summary>The shortest secret key of a bootstrap access key, in characters.</summary>
    public const int MinSecretKeyLength = 8;

    /// <summary>The shortest token of the operator accepted, in characters.</summary>
    public const int MinOperatorTokenLength = 16;

    private static readonly TimeSpan MaxSilenceLimit = TimeSpan.FromDays(7);
    private static readonly TimeSpan MinCredentialsLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinKeyLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxKeyLifetime = TimeSpan.FromDays(3660);
    private static readonly TimeSpan MaxCredentialsLifetime = TimeSpan.FromHours(12);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OriginOptions options)
    {
        var errors = new List<string>();
        CheckRegions(options, errors);
        CheckUrls(options, errors);
        CheckBootstrap(options, errors);
        CheckPeers(options, errors);
        Check(errors, !string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory is empty");
        Check(errors, options.ClusterSecret.Length >= MinSecretLength, $"ClusterSecret must have at least {MinSecretLength} characters");
        Check(errors, Uri.CheckHostName(options.Domain) == UriHostNameType.Dns, $"Domain '{options.Domain}' is not a host name");
        Check(errors, options.ControlPlaneMaxSilence >= TimeSpan.FromSeconds(1) && options.ControlPlaneMaxSilence <= MaxSilenceLimit,
            "ControlPlaneMaxSilence must lie between 1 second and 7 days");
        Check(errors, options.UnseenKeysPerSecond is >= 1 and <= 10_000, "UnseenKeysPerSecond must lie between 1 and 10000");
        Check(errors, options.MaxConnections is >= 16 and <= 1_000_000, "MaxConnections must lie between 16 and 1000000");
        Check(errors, options.ContainerCredentialsLifetime >= MinCredentialsLifetime && options.ContainerCredentialsLifetime <= MaxCredentialsLifetime,
            "ContainerCredentialsLifetime must lie between 1 second and 12 hours");
        Check(errors, options.LifecycleDay >= TimeSpan.FromSeconds(1) && options.LifecycleDay <= TimeSpan.FromDays(1),
            "LifecycleDay must lie between 1 second and 1 day");
        Check(errors, options.SendStallTimeout >= TransportOptions.MinSendStallTimeout && options.SendStallTimeout <= TransportOptions.MaxSendStallTimeout,
            "SendStallTimeout must lie between 1 second and 10 minutes");
        Check(errors, options.EncryptionKeyLifetime >= MinKeyLifetime && options.EncryptionKeyLifetime <= MaxKeyLifetime,
            "EncryptionKeyLifetime must lie between 1 minute and 10 years");
        foreach (var (limit, value) in options.ControlPlaneLimits.All)
        {
            Check(errors, value is > 0 and <= ControlPlaneLimitOptions.Highest,
                $"ControlPlaneLimits:{limit} must lie between 1 and {ControlPlaneLimitOptions.Highest}");
        }

        errors.AddRange(options.Audit.Problems());
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckRegions(OriginOptions options, List<string> errors)
    {
        Check(errors, IsRegionName(options.Region), $"Region '{options.Region}' must be 1 to 32 upper-case letters, digits or hyphens");
        foreach (var region in options.Regions.Where(static r => !IsRegionName(r)))
        {
            errors.Add($"Regions contains '{region}', which is not a region name");
        }

        Check(errors, options.Regions.Count == 0 || options.Regions.Contains(options.Region, StringComparer.Ordinal),
            $"Regions does not contain this origin's own region '{options.Region}'");
    }

    private static void CheckUrls(OriginOptions options, List<string> errors)
    {
        CheckListenUrl(errors, nameof(options.S3Url), options.S3Url);
        CheckListenUrl(errors, nameof(options.AdminUrl), options.AdminUrl);
        if (options.HostsControlPlane)
        {
            CheckListenUrl(errors, nameof(options.ControlPlaneUrl), options.ControlPlaneUrl!);
            Check(errors, string.IsNullOrEmpty(options.ControlPlaneAdminUrl), "ControlPlaneUrl and ControlPlaneAdminUrl exclude each other");
        }
        else
        {
            Check(errors, IsHttpUrl(options.ControlPlaneAdminUrl),
                "one of ControlPlaneUrl (host the control plane here) and ControlPlaneAdminUrl (where it is hosted) must be set to an http URL");
        }
    }

    private static void CheckBootstrap(OriginOptions options, List<string> errors)
    {
        var bootstrap = options.Bootstrap;
        Check(errors, bootstrap.OrganizationId.Length > 0, "Bootstrap:OrganizationId is empty");
        Check(errors, string.IsNullOrEmpty(bootstrap.AccessKeyId) == string.IsNullOrEmpty(bootstrap.SecretKey),
            "Bootstrap:AccessKeyId and Bootstrap:SecretKey go together");
        Check(errors, string.IsNullOrEmpty(bootstrap.SecretKey) || bootstrap.SecretKey.Length >= MinSecretKeyLength,
            $"Bootstrap:SecretKey must have at least {MinSecretKeyLength} characters");
        Check(errors, string.IsNullOrEmpty(bootstrap.OperatorToken) || bootstrap.OperatorToken.Length >= MinOperatorTokenLength,
            $"Bootstrap:OperatorToken must have at least {MinOperatorTokenLength} characters");
        for (var i = 0; i < bootstrap.Organizations.Count; i++)
        {
            var organization = bootstrap.Organizations[i];
            Check(errors, organization.Id.Length > 0 && organization.AccessKeyId.Length > 0 && organization.SecretKey.Length >= MinSecretKeyLength,
                $"Bootstrap:Organizations:{i} needs Id, AccessKeyId and a SecretKey of at least {MinSecretKeyLength} characters");
        }
    }

    private static void CheckPeers(OriginOptions options, List<string> errors)
    {
        for (var i = 0; i < options.Peers.Count; i++)
        {
            var peer = options.Peers[i];
            Check(errors, IsRegionName(peer.Name) && IsHttpUrl(peer.S3Url) && IsHttpUrl(peer.AdminUrl), $"Peers:{i} needs a region's Name, S3Url and AdminUrl");
        }
    }

    private static bool IsHttpUrl(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static void CheckListenUrl(List<string> errors, string name, string value) =>
        Check(errors, ListenUrl.TryParse(value, out _), $"{name} '{value}' is not of the form http://<address>:<port>");

    private static bool IsRegionName(string text) =>
        text.Length is > 0 and <= 32 && text.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-');

    private static void Check(List<string> errors, bool condition, string error)
    {
        if (!condition)
        {
            errors.Add(error);
        }
    }
}
