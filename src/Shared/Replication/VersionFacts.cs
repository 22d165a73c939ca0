using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Shared.Replication;

/// <summary>
/// All that a tier needs to answer HEAD or GET of one version of an object, but for its bytes. Immutable: a change of any of it
/// (tags, ACL) makes the home region publish a change record for the key.
/// </summary>
public sealed record VersionFacts
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The object's key.</summary>
    public required string Key { get; init; }

    /// <summary>The identity of the bytes.</summary>
    public required Generation Generation { get; init; }

    /// <summary>The S3 version id: <c>null</c> (the text) for the null version; empty when the bucket was never versioned.</summary>
    public required string VersionId { get; init; }

    /// <summary>Whether this version only marks the key as deleted.</summary>
    public bool IsDeleteMarker { get; init; }

    /// <summary>The length of the object, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The entity tag without its quotes: 32 hex digits, for multipart objects followed by <c>-N</c>.</summary>
    public string ETag { get; init; } = string.Empty;

    /// <summary>When the version was created, whole seconds.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>
    /// The standard headers stored with the object, as response header name to value: Content-Type, Cache-Control, Content-Disposition,
    /// Content-Encoding, Content-Language, Expires, x-amz-website-redirect-location.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = EmptyHeaders;

    /// <summary>User metadata: name in lower case without the <c>x-amz-meta-</c> prefix, to value, which is <see cref="Http.HeaderText"/>.</summary>
    public ImmutableSortedDictionary<string, string> UserMetadata { get; init; } = EmptyHeaders;

    /// <summary>The checksum kept with the object, if any.</summary>
    public ObjectChecksum? Checksum { get; init; }

    /// <summary>The sizes of the parts in order, in bytes; empty when the object was not uploaded in parts.</summary>
    public ImmutableArray<long> PartSizes { get; init; } = [];

    /// <summary>The checksums of the parts in order, Base64, by the algorithm of <see cref="Checksum"/>; empty when the upload asked for none.</summary>
    public ImmutableArray<string> PartChecksums { get; init; } = [];

    /// <summary>The storage class, <c>STANDARD</c> unless the client chose another.</summary>
    public string StorageClass { get; init; } = "STANDARD";

    /// <summary>The organization that owns the object.</summary>
    public string OwnerOrganizationId { get; init; } = string.Empty;

    /// <summary>The object's canned ACL; holds only without <see cref="Grants"/>.</summary>
    public CannedAcl Acl { get; init; }

    /// <summary>Exactly what the object's ACL grants; null when the canned ACL holds.</summary>
    public ImmutableArray<AclGrant>? Grants { get; init; }

    /// <summary>The tags of the version.</summary>
    [JsonConverter(typeof(TagDictionaryJsonConverter))]
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ObjectTags.None;

    /// <summary>The number of tags on the version.</summary>
    public int TagCount { get; init; }

    /// <summary>How its bytes are encrypted where they are stored.</summary>
    public ObjectEncryption Encryption { get; init; }

    /// <summary>What the customer's key is recognised by; never leaves the home region.</summary>
    [JsonIgnore]
    public string? CustomerKeyCheck { get; init; }

    /// <summary>Until when the version can't be deleted; null when it was never retained.</summary>
    public ObjectRetention? Retention { get; init; }

    /// <summary>Whether the version is held until somebody ends that; null when nobody ever said.</summary>
    public bool? LegalHold { get; init; }

    /// <summary>The position of the home region's change feed at which these facts were read.</summary>
    public long AsOfSequence { get; init; }

    /// <summary>The checksum of one part; null when none is kept.</summary>
    /// <param name="number">1 to the number of parts.</param>
    public ObjectChecksum? PartChecksum(int number) => Checksum is { } whole && number <= PartChecksums.Length
        ? new ObjectChecksum(whole.Algorithm, whole.Type, PartChecksums[number - 1])
        : null;

    private static ImmutableSortedDictionary<string, string> EmptyHeaders { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A checksum stored with an object (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html">S3 object integrity</see>).</summary>
/// <param name="Algorithm">Which function.</param>
/// <param name="Type">Over all bytes, or over the parts' checksums.</param>
/// <param name="Value">Base64, for composite checksums followed by <c>-N</c>.</param>
public sealed record ObjectChecksum(Checksums.ChecksumAlgorithm Algorithm, Checksums.ChecksumType Type, string Value);
