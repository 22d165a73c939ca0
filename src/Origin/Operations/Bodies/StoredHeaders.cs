using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Access;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Origin.Operations.Locking;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>What a write's headers say is to be kept with the object.</summary>
internal sealed record StoredHeaders(
    ImmutableSortedDictionary<string, string> Headers,
    ImmutableSortedDictionary<string, string> Metadata,
    ImmutableSortedDictionary<string, string> Tags,
    string StorageClass,
    GivenAcl Acl,
    GivenLock Lock,
    Protection Protection)
{
    /// <summary>Reads the headers: MetadataTooLarge, InvalidStorageClass, InvalidArgument, InvalidTag, or what ACL, lock and encryption are refused with.</summary>
    public static async ValueTask<Outcome<StoredHeaders>> ReadAsync(OperationContext context)
    {
        var protection = GivenProtection.Read(context);
        if (!protection.Succeeded)
        {
            return protection.Error;
        }

        var given = GivenLock.Read(context);
        if (!given.Succeeded)
        {
            return given.Error;
        }

        if (S3StorageClass.TryParse(context.Header("x-amz-storage-class"), out var storageClass) is { } badClass)
        {
            return badClass;
        }

        var acl = await AclRules.ReadForObjectAsync(context);
        if (!acl.Succeeded)
        {
            return acl.Error;
        }

        if (ObjectTags.TryParseHeader(context.Header("x-amz-tagging"), out var tags) is { } badTags)
        {
            return badTags;
        }

        // Kept with every byte, as text that leaves as the same bytes.
        string? Kept(string name) => context.Exchange.Header(name) is { } value ? HeaderText.FromLatin1(value) : null;
        var headers = context.Exchange.Request.Headers.Keys.Select(name => KeyValuePair.Create(name, Kept(name) ?? string.Empty));
        return UserMetadata.TryRead(headers, out var metadata) is { } badMetadata
            ? badMetadata
            : new StoredHeaders(StandardHeaders.Read(Kept), metadata, tags, storageClass, acl.Value, given.Value, protection.Value);
    }
}
