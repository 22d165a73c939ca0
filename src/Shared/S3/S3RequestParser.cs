using System.Globalization;
using System.Text;
using EdgeCache.Shared.Primitives;
using static EdgeCache.Shared.S3.S3Operation;

namespace EdgeCache.Shared.S3;

/// <summary>
/// Turns method, host, path and query into a typed operation, once and for all stages
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html">S3 operations</see>).
/// </summary>
public static class S3RequestParser
{
    /// <summary>Parses a request; <paramref name="request"/> is set exactly when no error is returned.</summary>
    /// <param name="method">The method, as on the wire.</param>
    /// <param name="host">The Host header, with or without a port.</param>
    /// <param name="rawPath">The path as on the wire, from its first <c>/</c>, without the query.</param>
    /// <param name="rawQuery">The query as on the wire, with or without its <c>?</c>.</param>
    /// <param name="hasCopySource">Whether the request has an <c>x-amz-copy-source</c> header, which tells a copy from an upload.</param>
    /// <param name="hosts">The names that this node answers to.</param>
    /// <param name="request">The parsed request.</param>
    /// <returns>
    /// MethodNotAllowed, InvalidURI, InvalidBucketName, KeyTooLongError, InvalidArgument, InvalidRequest or NotImplemented; null for success.
    /// </returns>
    public static S3Error? TryParse(
        string method, string? host, string rawPath, string rawQuery, bool hasCopySource, S3HostOptions hosts, out S3Request? request)
    {
        request = null;
        if (method is not ("GET" or "HEAD" or "PUT" or "POST" or "DELETE"))
        {
            return S3SubResources.MethodNotAllowed(method);
        }

        if (!rawPath.StartsWith('/') || !S3Query.TryParse(rawQuery, out var query))
        {
            return S3ErrorCode.InvalidURI;
        }

        hosts.Resolve(host, out var hostBucket, out var region);
        var error = TryParsePath(rawPath, hostBucket, out var bucket, out var key);
        if (error is not null)
        {
            return error;
        }

        var operation = ListBuckets;
        error = bucket.Length == 0 ? RouteService(method)
            : RouteResource(method, query, key.Length > 0, hasCopySource, out operation);
        if (error is not null)
        {
            return error;
        }

        request = new S3Request
        {
            Operation = operation,
            Bucket = bucket,
            Key = key,
            Query = query,
            VirtualHosted = hostBucket is not null,
            HostRegion = region,
        };
        return null;
    }

    /// <summary>Reads only what a request addresses: all that an <c>OPTIONS</c> request says beside its headers.</summary>
    /// <param name="host">The Host header.</param>
    /// <param name="rawPath">The path as on the wire.</param>
    /// <param name="hosts">The names that this node answers to.</param>
    /// <param name="bucket">The bucket; empty when the request names none.</param>
    /// <param name="key">The key; empty when the request names none.</param>
    /// <param name="region">The region that the host name names, or null.</param>
    public static S3Error? TryParseResource(string? host, string rawPath, S3HostOptions hosts, out string bucket, out string key, out string? region)
    {
        hosts.Resolve(host, out var hostBucket, out region);
        if (rawPath.StartsWith('/'))
        {
            return TryParsePath(rawPath, hostBucket, out bucket, out key);
        }

        (bucket, key) = (string.Empty, string.Empty);
        return S3ErrorCode.InvalidURI;
    }

    private static S3Error? TryParsePath(string rawPath, string? hostBucket, out string bucket, out string key)
    {
        bucket = hostBucket ?? string.Empty;
        key = string.Empty;
        var rest = rawPath.AsSpan(1);
        if (hostBucket is null)
        {
            if (rest.IsEmpty)
            {
                return null;
            }

            var slash = rest.IndexOf('/');
            if (!PercentEncoding.TryDecode(slash < 0 ? rest : rest[..slash], plusIsSpace: false, out var decoded))
            {
                return S3ErrorCode.InvalidURI;
            }

            bucket = decoded;
            rest = slash < 0 ? default : rest[(slash + 1)..];
        }

        if (!BucketName.TryParse(bucket, out _))
        {
            return new S3Error(S3ErrorCode.InvalidBucketName, null, [new("BucketName", bucket)]);
        }

        if (rest.IsEmpty)
        {
            return null;
        }

        if (!PercentEncoding.TryDecode(rest, plusIsSpace: false, out var name))
        {
            return S3ErrorCode.InvalidURI;
        }

        key = name;
        return ValidateKey(key);
    }

    /// <summary>The error for a key that is no valid <see cref="ObjectKey"/>; null for a valid one.</summary>
    internal static S3Error? ValidateKey(string key)
    {
        if (ObjectKey.TryParse(key, out _))
        {
            return null;
        }

        var size = Encoding.UTF8.GetByteCount(key);
        return size > ObjectKey.MaxBytes
            ? new S3Error(S3ErrorCode.KeyTooLongError, null,
                [new("Size", size.ToString(CultureInfo.InvariantCulture)), new("MaxSizeAllowed", ObjectKey.MaxBytes.ToString(CultureInfo.InvariantCulture))])
            : new S3Error(S3ErrorCode.InvalidURI, "The key is empty or contains a character that keys cannot have.");
    }

    private static S3Error? RouteService(string method) => method == "GET" ? null : S3SubResources.MethodNotAllowed(method);

    private static S3Error? RouteResource(string method, S3Query query, bool isObject, bool hasCopySource, out S3Operation operation)
    {
        operation = default;
        var error = S3SubResources.TryFind(query, isObject, out var subResource);
        if (error is not null)
        {
            return error;
        }

        var route = isObject ? ObjectRoute(method, subResource, hasCopySource) : BucketRoute(method, subResource, query);
        if (route is not { } found)
        {
            return S3SubResources.Refusal(subResource, method);
        }

        operation = found;
        return S3RouteArguments.Validate(found, query);
    }

    private static S3Operation? BucketRoute(string method, string subResource, S3Query query) => (method, subResource) switch
    {
        ("GET", "") => query.Has("list-type") ? ListObjectsV2 : ListObjects,
        ("GET", "versions") => ListObjectVersions,
        ("GET", "uploads") => ListMultipartUploads,
        ("GET", "location") => GetBucketLocation,
        ("GET", "versioning") => GetBucketVersioning,
        ("PUT", "versioning") => PutBucketVersioning,
        ("GET", "acl") => GetBucketAcl,
        ("PUT", "acl") => PutBucketAcl,
        ("GET", "accelerate") => GetBucketAccelerateConfiguration,
        ("PUT", "accelerate") => PutBucketAccelerateConfiguration,
        ("GET", "cors") => GetBucketCors,
        ("PUT", "cors") => PutBucketCors,
        ("DELETE", "cors") => DeleteBucketCors,
        ("GET", "encryption") => GetBucketEncryption,
        ("PUT", "encryption") => PutBucketEncryption,
        ("DELETE", "encryption") => DeleteBucketEncryption,
        ("GET", "lifecycle") => GetBucketLifecycleConfiguration,
        ("PUT", "lifecycle") => PutBucketLifecycleConfiguration,
        ("DELETE", "lifecycle") => DeleteBucketLifecycle,
        ("GET", "logging") => GetBucketLogging,
        ("GET", "notification") => GetBucketNotificationConfiguration,
        ("GET", "object-lock") => GetObjectLockConfiguration,
        ("PUT", "object-lock") => PutObjectLockConfiguration,
        ("GET", "ownershipControls") => GetBucketOwnershipControls,
        ("PUT", "ownershipControls") => PutBucketOwnershipControls,
        ("DELETE", "ownershipControls") => DeleteBucketOwnershipControls,
        ("GET", "policy") => GetBucketPolicy,
        ("PUT", "policy") => PutBucketPolicy,
        ("DELETE", "policy") => DeleteBucketPolicy,
        ("GET", "policyStatus") => GetBucketPolicyStatus,
        ("GET", "publicAccessBlock") => GetPublicAccessBlock,
        ("PUT", "publicAccessBlock") => PutPublicAccessBlock,
        ("DELETE", "publicAccessBlock") => DeletePublicAccessBlock,
        ("GET", "replication") => GetBucketReplication,
        ("GET", "requestPayment") => GetBucketRequestPayment,
        ("PUT", "requestPayment") => PutBucketRequestPayment,
        ("GET", "tagging") => GetBucketTagging,
        ("PUT", "tagging") => PutBucketTagging,
        ("DELETE", "tagging") => DeleteBucketTagging,
        ("GET", "website") => GetBucketWebsite,
        ("PUT", "website") => PutBucketWebsite,
        ("DELETE", "website") => DeleteBucketWebsite,
        ("HEAD", "") => HeadBucket,
        ("PUT", "") => CreateBucket,
        ("DELETE", "") => DeleteBucket,
        ("POST", "delete") => DeleteObjects,
        ("POST", "") => PostObject,
        _ => null,
    };

    private static S3Operation? ObjectRoute(string method, string subResource, bool hasCopySource) => (method, subResource) switch
    {
        ("GET", "") => GetObject,
        ("GET", "acl") => GetObjectAcl,
        ("PUT", "acl") => PutObjectAcl,
        ("GET", "attributes") => GetObjectAttributes,
        ("GET", "tagging") => GetObjectTagging,
        ("PUT", "tagging") => PutObjectTagging,
        ("DELETE", "tagging") => DeleteObjectTagging,
        ("GET", "retention") => GetObjectRetention,
        ("PUT", "retention") => PutObjectRetention,
        ("GET", "legal-hold") => GetObjectLegalHold,
        ("PUT", "legal-hold") => PutObjectLegalHold,
        ("GET", "torrent") => GetObjectTorrent,
        ("PUT", "renameObject") => RenameObject,
        ("POST", "restore") => RestoreObject,
        ("POST", "select") => SelectObjectContent,
        ("GET", "uploadId") => ListParts,
        ("HEAD", "") => HeadObject,
        ("PUT", "") => hasCopySource ? CopyObject : PutObject,
        ("PUT", "uploadId") => hasCopySource ? UploadPartCopy : UploadPart,
        ("POST", "uploads") => CreateMultipartUpload,
        ("POST", "uploadId") => CompleteMultipartUpload,
        ("DELETE", "") => DeleteObject,
        ("DELETE", "uploadId") => AbortMultipartUpload,
        _ => null,
    };
}
