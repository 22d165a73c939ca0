using System.Collections.Immutable;
using System.Text;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>What a write's headers say is to be kept with the object.</summary>
internal sealed record StoredHeaders(
    ImmutableSortedDictionary<string, string> Headers,
    ImmutableSortedDictionary<string, string> UserMetadata,
    ImmutableSortedDictionary<string, string> Tags,
    string StorageClass,
    CannedAcl Acl)
{
    private static readonly string[] Kept =
        ["Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires", "x-amz-website-redirect-location"];

    private static readonly string[] Unsupported =
    [
        "x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm", "x-amz-copy-source-server-side-encryption-customer-algorithm",
        "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp", "x-amz-grant-write-acp", "x-amz-grant-full-control",
    ];

    private static readonly string[] ObjectLock = ["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"];

    /// <summary>Reads the headers: MetadataTooLarge, InvalidStorageClass, InvalidArgument, InvalidTag, or NotImplemented for what would be silently lost.</summary>
    public static Outcome<StoredHeaders> Read(OperationContext context)
    {
        if (Array.Find(Unsupported, h => context.Header(h) is not null) is { } unsupported)
        {
            return new S3Error(S3ErrorCode.NotImplemented, Details: [new("Header", unsupported)]);
        }

        if (Array.Exists(ObjectLock, h => context.Header(h) is not null))
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "Bucket is missing Object Lock Configuration");
        }

        if (S3StorageClass.TryParse(context.Header("x-amz-storage-class"), out var storageClass) is { } badClass)
        {
            return badClass;
        }

        if (CannedAcls.TryParse(context.Header("x-amz-acl"), out var acl) is { } badAcl)
        {
            return badAcl;
        }

        var tags = TaggingHeader.Parse(context.Header("x-amz-tagging"));
        if (!tags.Succeeded)
        {
            return tags.Error;
        }

        var metadata = ReadUserMetadata(context);
        return metadata.Succeeded
            ? new StoredHeaders(ReadKept(context), metadata.Value, tags.Value, storageClass, acl)
            : metadata.Error;
    }

    private static ImmutableSortedDictionary<string, string> ReadKept(OperationContext context)
    {
        var kept = StringMap.Empty.ToBuilder();
        foreach (var name in Kept)
        {
            if (context.Header(name) is not { Length: > 0 } value)
            {
                continue;
            }

            // aws-chunked is the coding of the transfer and not of the object.
            var stored = name == "Content-Encoding"
                ? string.Join(',', value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(static c => c != "aws-chunked"))
                : value;
            if (stored.Length > 0)
            {
                kept[name] = stored;
            }
        }

        return kept.ToImmutable();
    }

    private static Outcome<ImmutableSortedDictionary<string, string>> ReadUserMetadata(OperationContext context)
    {
        var metadata = StringMap.Empty.ToBuilder();
        var size = 0;
        foreach (var name in context.Exchange.Request.Headers.Keys)
        {
            if (!name.StartsWith(S3ObjectHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var key = name[S3ObjectHeaders.MetadataPrefix.Length..].ToLowerInvariant();
            var value = context.Header(name) ?? string.Empty;
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
            if (key.Length > 0)
            {
                metadata[key] = value;
            }
        }

        return size <= UploadLimits.MaxMetadataBytes
            ? metadata.ToImmutable()
            : new S3Error(S3ErrorCode.MetadataTooLarge, Details: [new("Size", $"{size}"), new("MaxSizeAllowed", $"{UploadLimits.MaxMetadataBytes}")]);
    }
}
