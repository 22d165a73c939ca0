using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>A condition key: its source, and within it a name (of a header, a query parameter, a tag, an organization).</summary>
/// <param name="Source">Where its value comes from.</param>
/// <param name="Argument">Which one, where the source has several; else empty.</param>
internal sealed record ConditionKey(ConditionKeySource Source, string Argument = "")
{
    /// <summary>The query parameter that limits a listing to keys that begin so.</summary>
    public const string PrefixParameter = "prefix";

    private const string TrueText = "true";
    private const string FalseText = "false";

    /// <summary>
    /// Whether a fixed value of this key keeps a statement for everyone from being public
    /// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status">the meaning of "public"</see>).
    /// </summary>
    public bool IsTrusted => Source is ConditionKeySource.SourceIp or ConditionKeySource.UserName or ConditionKeySource.PrincipalArn
        or ConditionKeySource.PrincipalOrganization or ConditionKeySource.Groups;

    /// <summary>Reads the key's value of a request; false when the request has none.</summary>
    public bool TryRead(in EvaluationContext context, out ConditionValue value)
    {
        var principal = context.Principal;
        ref readonly var request = ref context.Request;
        var conditions = request.Conditions;
        switch (Source)
        {
            case ConditionKeySource.PrincipalType:
                return Found(PrincipalType(principal), out value);
            case ConditionKeySource.UserName:
                return Found(principal.Kind == PrincipalKind.Anonymous ? null : principal.Name, out value);
            case ConditionKeySource.PrincipalOrganization:
                return Found(principal.OrganizationId.Length == 0 ? null : principal.OrganizationId, out value);
            case ConditionKeySource.PrincipalArn:
                return Found(
                    principal.Kind == PrincipalKind.Anonymous ? null : $"arn:aws:iam::{principal.OrganizationId}:user/{principal.Name}", out value);
            case ConditionKeySource.Groups:
                value = principal.OrganizationId == Argument && !principal.Groups.IsDefaultOrEmpty ? ConditionValue.Of(principal.Groups) : default;
                return value.IsMany;
            case ConditionKeySource.ExistingObjectTag:
                string? existing = null;
                request.Object?.Tags.TryGetValue(Argument, out existing);
                return Found(existing, out value);
            case ConditionKeySource.VersionId:
                return Found(request.VersionId ?? conditions?.Query?.Get("versionId"), out value);
            case ConditionKeySource.Query when Argument == PrefixParameter && request.AbsentKey is { } absent:
                return Found(absent, out value);
            default:
                value = default;
                return conditions is not null && TryRead(conditions, out value);
        }
    }

    private bool TryRead(RequestConditions conditions, out ConditionValue value)
    {
        switch (Source)
        {
            case ConditionKeySource.CurrentTime:
                value = ConditionValue.Of(conditions.Now);
                return true;
            case ConditionKeySource.EpochTime:
                return Found(conditions.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), out value);
            case ConditionKeySource.SecureTransport:
                return Found(conditions.IsSecure ? TrueText : FalseText, out value);
            case ConditionKeySource.SourceIp:
                value = conditions.ClientAddress is { } address ? ConditionValue.Of(address) : default;
                return conditions.ClientAddress is not null;
            case ConditionKeySource.TlsVersion:
                return Found(conditions.TlsVersion, out value);
            case ConditionKeySource.SignatureVersion:
                return Found(conditions.Signature is null ? null : SigV4.AuthorizationHeader.Algorithm, out value);
            case ConditionKeySource.AuthenticationType:
                return Found(conditions.Signature switch { null => null, { IsPresigned: true } => "REST-QUERY-STRING", _ => "REST-HEADER" }, out value);
            case ConditionKeySource.LocationConstraint:
                return Found(conditions.LocationConstraint, out value);
            case ConditionKeySource.Header:
                return Found(conditions.Header(Argument), out value);
            case ConditionKeySource.CopySource:
                return Found(conditions.CopySource, out value);
            case ConditionKeySource.Query:
                return Found(conditions.Query?.Get(Argument), out value);
            case ConditionKeySource.RequestObjectTag:
                return Found(conditions.Tags.TryGetValue(Argument, out var tag) ? tag : null, out value);
            case ConditionKeySource.RequestObjectTagKeys:
                value = conditions.Tags.IsEmpty ? default : ConditionValue.Of([.. conditions.Tags.Keys]);
                return value.IsMany;
            default:
                value = default;
                return false;
        }
    }

    private static string PrincipalType(Principal principal) => principal.Kind switch
    {
        PrincipalKind.Anonymous => "Anonymous",
        PrincipalKind.User or PrincipalKind.Edge when IsFederated(principal.Name) => "AssumedRole",
        PrincipalKind.User or PrincipalKind.Edge => "User",
    };

    private static bool IsFederated(string name) =>
        name.StartsWith("saml/", StringComparison.Ordinal) || name.StartsWith("role/", StringComparison.Ordinal);

    private static bool Found([NotNullWhen(true)] string? text, out ConditionValue value)
    {
        value = text is null ? default : ConditionValue.Of(text);
        return text is not null;
    }
}

/// <summary>Where the value of a condition key comes from.</summary>
internal enum ConditionKeySource
{
    CurrentTime,
    EpochTime,
    SecureTransport,
    SourceIp,
    TlsVersion,
    SignatureVersion,
    AuthenticationType,
    LocationConstraint,
    Header,
    CopySource,
    Query,
    RequestObjectTag,
    RequestObjectTagKeys,
    PrincipalType,
    UserName,
    PrincipalArn,
    PrincipalOrganization,
    Groups,
    ExistingObjectTag,
    VersionId,
}
