using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeCache.Shared.Iam;

/// <summary>
/// Every action that policies may name: those of S3 (<see href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html">actions,
/// resources, and condition keys for Amazon S3</see>) that this store or its documents know, and <c>cwobject:*</c>, those of the control plane.
/// </summary>
public static class IamActions
{
    /// <summary>What the names of the control plane's actions begin with.</summary>
    public const string ControlPrefix = "cwobject:";

    private static readonly (ActionKind Kind, string Names)[] Table =
    [
        (ActionKind.ListOwnBuckets, "s3:ListAllMyBuckets"),
        (ActionKind.CreateBucket, "s3:CreateBucket"),
        (ActionKind.ListBucket, "s3:ListBucket s3:ListBucketVersions s3:ListBucketMultipartUploads"),
        (ActionKind.ReadBucket,
            """
            s3:GetAccelerateConfiguration s3:GetAnalyticsConfiguration s3:GetBucketCORS s3:GetBucketLocation s3:GetBucketLogging
            s3:GetBucketNotification s3:GetBucketObjectLockConfiguration s3:GetBucketOwnershipControls s3:GetBucketPolicy
            s3:GetBucketPolicyStatus s3:GetBucketPublicAccessBlock s3:GetBucketRequestPayment s3:GetBucketTagging s3:GetBucketVersioning
            s3:GetBucketWebsite s3:GetEncryptionConfiguration s3:GetIntelligentTieringConfiguration s3:GetInventoryConfiguration
            s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetReplicationConfiguration
            """),
        (ActionKind.ReadBucketAcl, "s3:GetBucketAcl"),
        (ActionKind.ManageBucket,
            """
            s3:DeleteBucket s3:DeleteBucketPolicy s3:DeleteBucketWebsite s3:DeleteReplicationConfiguration s3:PutAccelerateConfiguration
            s3:PutAnalyticsConfiguration s3:PutBucketCORS s3:PutBucketLogging s3:PutBucketNotification s3:PutBucketObjectLockConfiguration
            s3:PutBucketOwnershipControls s3:PutBucketPolicy s3:PutBucketPublicAccessBlock s3:PutBucketRequestPayment s3:PutBucketTagging
            s3:PutBucketVersioning s3:PutBucketWebsite s3:PutEncryptionConfiguration s3:PutIntelligentTieringConfiguration
            s3:PutInventoryConfiguration s3:PutLifecycleConfiguration s3:PutMetricsConfiguration s3:PutReplicationConfiguration
            """),
        (ActionKind.WriteBucketAcl, "s3:PutBucketAcl"),
        (ActionKind.ReadObject,
            "s3:GetObject s3:GetObjectVersion s3:GetObjectAttributes s3:GetObjectVersionAttributes s3:GetObjectTorrent s3:GetObjectVersionTorrent"),
        (ActionKind.ReadObjectSetting, "s3:GetObjectTagging s3:GetObjectVersionTagging s3:GetObjectRetention s3:GetObjectLegalHold"),
        (ActionKind.ReadObjectAcl, "s3:GetObjectAcl s3:GetObjectVersionAcl"),
        (ActionKind.WriteObject, "s3:PutObject"),
        (ActionKind.RemoveObject, "s3:DeleteObject s3:AbortMultipartUpload"),
        (ActionKind.RemoveVersion, "s3:DeleteObjectVersion"),
        (ActionKind.ListParts, "s3:ListMultipartUploadParts"),
        (ActionKind.WriteObjectSetting,
            """
            s3:PutObjectTagging s3:PutObjectVersionTagging s3:DeleteObjectTagging s3:DeleteObjectVersionTagging s3:PutObjectRetention
            s3:PutObjectLegalHold s3:BypassGovernanceRetention s3:RestoreObject
            """),
        (ActionKind.WriteObjectAcl, "s3:PutObjectAcl s3:PutObjectVersionAcl"),
        (ActionKind.Control,
            """
            cwobject:CreateAccessKey cwobject:CreateAccessKeySAML cwobject:CreateAccessKeyOIDC cwobject:ListAccessKeyInfo cwobject:GetAccessKeyInfo
            cwobject:RevokeAccessKeyByAccessKey cwobject:RevokeAccessKeysByPrincipal cwobject:EnsureAccessPolicy cwobject:DeleteAccessPolicy
            cwobject:ListAccessPolicy cwobject:EnableBucketAuditLogging cwobject:DisableBucketAuditLogging
            cwobject:EnableControlPlaneAuditLogging cwobject:DisableControlPlaneAuditLogging cwobject:EnableBucketAuditLoggingDefault
            cwobject:DisableBucketAuditLoggingDefault cwobject:EnableBucketStrongReads cwobject:DisableBucketStrongReads cwobject:ListBucketInfo cwobject:GetBucketInfo cwobject:CanI cwobject:CreateApiToken
            cwobject:ListApiTokens cwobject:RevokeApiToken cwobject:CreateFederation cwobject:ListFederations cwobject:UpdateFederation
            cwobject:DeleteFederation
            """),
    ];

    private static readonly FrozenDictionary<string, IamAction> ByName;

    static IamActions()
    {
        All = [.. Table.SelectMany(static row => row.Names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(name => (name, row.Kind)))
            .Select(static (action, index) => new IamAction(action.name, action.Kind, index))];
        ByName = All.ToFrozenDictionary(static action => action.Name, StringComparer.OrdinalIgnoreCase);
        Names = [.. All.Select(static action => action.Name)];
    }

    /// <summary>The names of all actions.</summary>
    public static ImmutableArray<string> Names { get; }

    internal static ImmutableArray<IamAction> All { get; }

    /// <summary>Whether there is an action of that name; compared without regard to case.</summary>
    public static bool IsKnown(string action) => ByName.ContainsKey(action);

    /// <summary>Whether a key's level admits an action. What is not known is within no level.</summary>
    public static bool IsWithin(AccessLevel level, string action) => TryGet(action, out var known) && known.IsWithin(level);

    internal static bool TryGet(string action, [NotNullWhen(true)] out IamAction? known) => ByName.TryGetValue(action, out known);
}
