using System.Collections.Frozen;
using static EdgeCache.Shared.Iam.Conditions.ConditionKeySource;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary>The condition keys that policies may name. Their names compare without regard to case; the tags and organizations in them do not.</summary>
internal static class ConditionKeys
{
    /// <summary>The longest name of a key, in characters.</summary>
    public const int MaxLength = 256;

    private const string RequestTagPrefix = "s3:RequestObjectTag/";
    private const string ExistingTagPrefix = "s3:ExistingObjectTag/";
    private const string GroupsPrefix = "iam:";
    private const string GroupsSuffix = ":groups";

    private static readonly FrozenDictionary<string, ConditionKey> Fixed = new Dictionary<string, ConditionKey>
    {
        ["aws:CurrentTime"] = new(CurrentTime),
        ["aws:EpochTime"] = new(EpochTime),
        ["aws:PrincipalAccount"] = new(PrincipalOrganization),
        ["aws:PrincipalArn"] = new(PrincipalArn),
        ["aws:PrincipalOrgID"] = new(PrincipalOrganization),
        ["aws:PrincipalType"] = new(PrincipalType),
        ["aws:Referer"] = new(Header, "referer"),
        ["aws:SecureTransport"] = new(SecureTransport),
        ["aws:SourceIp"] = new(SourceIp),
        ["aws:UserAgent"] = new(Header, "user-agent"),
        ["aws:username"] = new(UserName),
        ["s3:LocationConstraint"] = new(LocationConstraint),
        ["s3:RequestObjectTagKeys"] = new(RequestObjectTagKeys),
        ["s3:TlsVersion"] = new(TlsVersion),
        ["s3:VersionId"] = new(VersionId),
        ["s3:authType"] = new(AuthenticationType),
        ["s3:delimiter"] = new(Query, "delimiter"),
        ["s3:max-keys"] = new(Query, "max-keys"),
        ["s3:object-lock-legal-hold"] = new(Header, "x-amz-object-lock-legal-hold"),
        ["s3:object-lock-mode"] = new(Header, "x-amz-object-lock-mode"),
        ["s3:object-lock-retain-until-date"] = new(Header, "x-amz-object-lock-retain-until-date"),
        ["s3:prefix"] = new(Query, ConditionKey.PrefixParameter),
        ["s3:signatureversion"] = new(SignatureVersion),
        ["s3:x-amz-acl"] = new(Header, "x-amz-acl"),
        ["s3:x-amz-content-sha256"] = new(Header, "x-amz-content-sha256"),
        ["s3:x-amz-copy-source"] = new(CopySource),
        ["s3:x-amz-grant-full-control"] = new(Header, "x-amz-grant-full-control"),
        ["s3:x-amz-grant-read"] = new(Header, "x-amz-grant-read"),
        ["s3:x-amz-grant-read-acp"] = new(Header, "x-amz-grant-read-acp"),
        ["s3:x-amz-grant-write"] = new(Header, "x-amz-grant-write"),
        ["s3:x-amz-grant-write-acp"] = new(Header, "x-amz-grant-write-acp"),
        ["s3:x-amz-metadata-directive"] = new(Header, "x-amz-metadata-directive"),
        ["s3:x-amz-server-side-encryption"] = new(Header, "x-amz-server-side-encryption"),
        ["s3:x-amz-server-side-encryption-aws-kms-key-id"] = new(Header, "x-amz-server-side-encryption-aws-kms-key-id"),
        ["s3:x-amz-server-side-encryption-customer-algorithm"] = new(Header, "x-amz-server-side-encryption-customer-algorithm"),
        ["s3:x-amz-storage-class"] = new(Header, "x-amz-storage-class"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of all keys but those that end in a tag or hold an organization.</summary>
    public static IEnumerable<string> Names => Fixed.Keys;

    /// <summary>The key of a name; null when there is none.</summary>
    public static ConditionKey? Find(string name) =>
        name.Length > MaxLength ? null
        : Fixed.TryGetValue(name, out var key) ? key
        : After(name, RequestTagPrefix) is { } requestTag ? new ConditionKey(RequestObjectTag, requestTag)
        : After(name, ExistingTagPrefix) is { } existingTag ? new ConditionKey(ExistingObjectTag, existingTag)
        : After(name, GroupsPrefix) is { } rest && rest.Length > GroupsSuffix.Length && rest.EndsWith(GroupsSuffix, StringComparison.OrdinalIgnoreCase)
            ? new ConditionKey(Groups, rest[..^GroupsSuffix.Length])
        : null;

    private static string? After(string name, string prefix) =>
        name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? name[prefix.Length..] : null;
}
