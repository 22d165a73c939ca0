using System.Globalization;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The response headers that tell of a version (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html">HeadObject</see>).
/// Values are <see cref="HeaderText"/>: with it a server writes the bytes that they came with.
/// </summary>
public static class S3ObjectHeaders
{
    /// <summary>The Content-Type of an object that was stored without one.</summary>
    public const string DefaultContentType = "binary/octet-stream";

    /// <summary>The prefix of user metadata headers.</summary>
    public const string MetadataPrefix = "x-amz-meta-";

    /// <summary>Tells whether what is missing is hidden by a delete marker. Ceph and its suite say so also where there is none.</summary>
    public const string DeleteMarkerHeader = "x-amz-delete-marker";

    private const string VersionIdHeader = "x-amz-version-id";

    /// <summary>The quoted form of an entity tag, as headers and XML have it.</summary>
    public static string Quote(string etag) => $"\"{etag}\"";

    /// <summary>Sets all headers of a 200 or 206 but Content-Length and those of the plan.</summary>
    /// <param name="facts">The version.</param>
    /// <param name="set">Sets a header, replacing an earlier value.</param>
    /// <param name="checksumMode">Whether to tell the checksum: <c>x-amz-checksum-mode: ENABLED</c>, and all of the object is answered.</param>
    public static void Write(VersionFacts facts, Action<string, string> set, bool checksumMode)
    {
        set("Content-Type", DefaultContentType);
        set("ETag", Quote(facts.ETag));
        set("Last-Modified", HttpDate.Format(facts.LastModified));
        set("Accept-Ranges", "bytes");
        WriteVersionId(facts, set);
        foreach (var (name, value) in facts.Headers)
        {
            set(name, value);
        }

        foreach (var (name, value) in facts.UserMetadata)
        {
            set(MetadataPrefix + name, value);
        }

        if (facts.StorageClass != S3StorageClass.Standard)
        {
            set("x-amz-storage-class", facts.StorageClass);
        }

        if (facts.TagCount > 0)
        {
            set("x-amz-tagging-count", facts.TagCount.ToString(CultureInfo.InvariantCulture));
        }

        WriteEncryption(facts.Encryption, set);
        WriteLock(facts, set);
        if (checksumMode)
        {
            WriteChecksum(facts.Checksum, set);
        }
    }

    private static void WriteEncryption(ObjectEncryption encryption, Action<string, string> set)
    {
        if (encryption != ObjectEncryption.None)
        {
            set(
                encryption == ObjectEncryption.ServerKey ? EncryptionHeaders.ServerSide : EncryptionHeaders.CustomerPrefix + EncryptionHeaders.Algorithm,
                EncryptionHeaders.Aes256);
        }
    }

    // Who may not read the lock gets facts without it.
    private static void WriteLock(VersionFacts facts, Action<string, string> set)
    {
        if (facts.Retention is { } retention)
        {
            set(ObjectLockHeaders.Mode, ObjectLockModes.Name(retention.Mode));
            set(ObjectLockHeaders.RetainUntil, retention.RetainUntilText);
        }

        if (facts.LegalHold is { } hold)
        {
            set(ObjectLockHeaders.LegalHold, ObjectLockHeaders.HoldText(hold));
        }
    }

    private static void WriteChecksum(ObjectChecksum? checksum, Action<string, string> set)
    {
        if (checksum is not null)
        {
            set(ChecksumNames.HeaderName(checksum.Algorithm), checksum.Value);
            set("x-amz-checksum-type", S3ChecksumTypes.ApiName(checksum.Type));
        }
    }

    /// <summary>Sets the headers of whatever <paramref name="plan"/> decided but Content-Length: also those of 304, 416 and of a delete marker.</summary>
    /// <param name="facts">The version.</param>
    /// <param name="plan">The plan made from it.</param>
    /// <param name="set">Sets a header, replacing an earlier value.</param>
    /// <param name="checksumMode">Whether the request has <c>x-amz-checksum-mode: ENABLED</c>.</param>
    public static void Write(VersionFacts facts, in ObjectReadPlan plan, Action<string, string> set, bool checksumMode)
    {
        plan.WriteHeaders(set);
        if (plan.Status is 200 or 206)
        {
            Write(facts, set, checksumMode && plan.IsWhole && plan.PartNumber is null);
            if (checksumMode && plan.PartNumber is { } number)
            {
                WriteChecksum(facts.PartChecksum(number), set);
            }
        }
        else if (plan.Status == 304)
        {
            WriteNotModified(facts, set);
        }
        else if (facts.IsDeleteMarker)
        {
            WriteDeleteMarker(facts, set, plan.Status == 405);
        }
    }

    // RFC 9110 section 15.4.5: what a 200 would have sent of these, and nothing that describes a body.
    private static void WriteNotModified(VersionFacts facts, Action<string, string> set)
    {
        set("ETag", Quote(facts.ETag));
        set("Last-Modified", HttpDate.Format(facts.LastModified));
        WriteVersionId(facts, set);
        foreach (var name in (ReadOnlySpan<string>)["Cache-Control", "Expires"])
        {
            if (facts.Headers.TryGetValue(name, out var value))
            {
                set(name, value);
            }
        }
    }

    private static void WriteDeleteMarker(VersionFacts facts, Action<string, string> set, bool named)
    {
        set(DeleteMarkerHeader, "true");
        WriteVersionId(facts, set);
        if (named)
        {
            set("Last-Modified", HttpDate.Format(facts.LastModified));
            set("Allow", "DELETE");
        }
    }

    private static void WriteVersionId(VersionFacts facts, Action<string, string> set)
    {
        if (facts.VersionId.Length > 0)
        {
            set(VersionIdHeader, facts.VersionId);
        }
    }
}
