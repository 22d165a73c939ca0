using System.Collections.Frozen;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The query parameters that turn a request into another operation. All that S3 knows are listed, offered or not, since mistaking one for an
/// ordinary parameter would create or delete a bucket where its setting was meant.
/// </summary>
internal static class S3SubResources
{
    private static readonly FrozenSet<string> OfBuckets = FrozenSet.Create(StringComparer.Ordinal,
        "abac", "accelerate", "acl", "analytics", "cors", "delete", "encryption", "intelligent-tiering", "inventory", "lifecycle", "location",
        "logging", "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "notification",
        "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "session",
        "tagging", "uploads", "versioning", "versions", "website");

    private static readonly FrozenSet<string> OfObjects = FrozenSet.Create(StringComparer.Ordinal,
        "acl", "append", "attributes", "encryption", "legal-hold", "renameObject", "restore", "retention", "select", "tagging", "torrent",
        "uploadId", "uploads");

    // Every method of these is served or does not exist; of the others, some exist and are not offered.
    private static readonly FrozenSet<string> Complete = FrozenSet.Create(StringComparer.Ordinal,
        "acl", "attributes", "delete", "encryption", "legal-hold", "location", "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject", "restore", "retention", "select", "torrent", "tagging", "uploadId",
        "uploads", "versioning", "versions",
        "accelerate", "cors", "lifecycle", "requestPayment", "website");

    // Parameters that may well come without a value and still select nothing.
    private static readonly FrozenSet<string> Ordinary = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "allow-unordered", "bucket-region", "continuation-token", "delimiter", "encoding-type", "fetch-owner", "key-marker", "list-type", "marker",
        "max-buckets", "max-keys", "max-parts", "max-uploads", "part-number-marker", "partNumber", "prefix", "read-stats", "start-after",
        "upload-id-marker", "version-id-marker", "versionId", "x-id");

    /// <summary>Finds the one sub-resource of a request; empty when there is none, an error when there are several or one that nobody knows.</summary>
    public static S3Error? TryFind(S3Query query, bool isObject, out string subResource)
    {
        subResource = string.Empty;
        foreach (var (name, value) in query.Parameters)
        {
            if ((isObject ? OfObjects : OfBuckets).Contains(name))
            {
                if (subResource.Length > 0 && subResource != name)
                {
                    return new S3Error(S3ErrorCode.InvalidArgument, $"Conflicting query string parameters: {subResource}, {name}",
                        [new("ArgumentName", "ResourceType"), new("ArgumentValue", name)]);
                }

                subResource = name;
            }
            else if ((isObject ? OfBuckets : OfObjects).Contains(name))
            {
                return new S3Error(S3ErrorCode.InvalidRequest, $"There is no such thing as the ?{name} sub-resource for a {(isObject ? "key" : "bucket")}");
            }
            else if (value.Length == 0 && !IsOrdinary(name))
            {
                return NotImplemented(name);
            }
        }

        return null;
    }

    /// <summary>The answer to a method that the sub-resource (or, when empty, the bucket or object itself) is not served with.</summary>
    public static S3Error Refusal(string subResource, string method) =>
        subResource.Length == 0 || Complete.Contains(subResource) ? MethodNotAllowed(method) : NotImplemented(subResource);

    /// <summary>The answer to a method that S3 does not have.</summary>
    public static S3Error MethodNotAllowed(string method) => new(S3ErrorCode.MethodNotAllowed, null, [new("Method", method)]);

    private static S3Error NotImplemented(string name) =>
        new(S3ErrorCode.NotImplemented, $"This store does not implement the ?{name} sub-resource for this request.", [new("ResourceType", name)]);

    private static bool IsOrdinary(string name) =>
        Ordinary.Contains(name) || name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("response-", StringComparison.Ordinal);
}
