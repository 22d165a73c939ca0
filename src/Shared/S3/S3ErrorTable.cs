using static EdgeCache.Shared.S3.S3ErrorCode;

namespace EdgeCache.Shared.S3;

/// <summary>Status and standard message of each error code: the one mapping from errors to HTTP.</summary>
public static class S3ErrorTable
{
    /// <summary>The HTTP status of an error code.</summary>
    public static int Status(S3ErrorCode code) => Row(code).Status;

    /// <summary>The standard message of an error code.</summary>
    public static string Message(S3ErrorCode code) => Row(code).Message;

    private static (int Status, string Message) Row(S3ErrorCode code) => code switch
    {
        AccessControlListNotSupported => (400, "The bucket does not allow ACLs"),
        AccessDenied => (403, "Access Denied"),
        AuthorizationHeaderMalformed => (400, "The authorization header that you provided is not valid."),
        AuthorizationQueryParametersError => (403, "The query parameters of the signature are not valid."),
        BadDigest => (400, "The Content-MD5 or checksum value that you specified did not match what the server received."),
        BadRequest => (400, "The request is not valid."),
        BucketAlreadyExists => (409, "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Select a different name and try again."),
        BucketAlreadyOwnedByYou => (409, "The bucket that you tried to create already exists, and you own it."),
        BucketNotEmpty => (409, "The bucket that you tried to delete is not empty."),
        EntityTooLarge => (400, "Your proposed upload exceeds the maximum allowed object size."),
        EntityTooSmall => (400, "Your proposed upload is smaller than the minimum allowed object size."),
        ExpiredToken => (400, "The provided token has expired."),
        IllegalLocationConstraintException => (400, "The location constraint is incompatible with the region-specific endpoint that this request was sent to."),
        IncompleteBody => (400, "You did not provide the number of bytes specified by the Content-Length HTTP header."),
        InternalError => (500, "An internal error occurred. Try again."),
        InvalidAccessKeyId => (403, "The access key ID that you provided does not exist in our records."),
        InvalidArgument => (400, "Invalid argument"),
        InvalidBucketAclWithObjectOwnership => (400, "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"),
        InvalidBucketName => (400, "The specified bucket is not valid."),
        InvalidBucketState => (409, "The request is not valid for the current state of the bucket."),
        InvalidDigest => (400, "The Content-MD5 or checksum value that you specified is not valid."),
        InvalidLocationConstraint => (400, "The specified location constraint is not valid."),
        InvalidPart => (400, "One or more of the specified parts could not be found. The part might not have been uploaded, or the specified entity tag might not have matched the part's entity tag."),
        InvalidPartOrder => (400, "The list of parts was not in ascending order. The parts list must be specified in order by part number."),
        InvalidRange => (416, "The requested range is not satisfiable"),
        InvalidRequest => (400, "Invalid Request"),
        InvalidRetentionPeriod => (400, "The retention period must be a positive whole number of days or years, of 100 years at most."),
        InvalidStorageClass => (400, "The storage class that you specified is not valid."),
        InvalidTag => (400, "The tag provided was not a valid tag."),
        InvalidToken => (400, "The provided token is malformed or otherwise not valid."),
        InvalidURI => (400, "The specified URI couldn't be parsed."),
        KeyTooLongError => (400, "Your key is too long."),
        MalformedACLError => (400, "The ACL that you provided was not well formed or did not validate against our published schema."),
        MalformedPolicy => (400, "The policy is not valid."),
        MalformedXML => (400, "The XML that you provided was not well formed or did not validate against our published schema."),
        MaxMessageLengthExceeded => (400, "Your request was too large."),
        MetadataTooLarge => (400, "Your metadata headers exceed the maximum allowed metadata size."),
        MethodNotAllowed => (405, "The specified method is not allowed against this resource."),
        MissingContentLength => (411, "You must provide the Content-Length HTTP header."),
        MissingRequestBodyError => (400, "Request Body is empty"),
        MissingSecurityHeader => (400, "Your request is missing a required header."),
        NoSuchBucket => (404, "The specified bucket does not exist"),
        NoSuchBucketPolicy => (404, "The bucket policy does not exist"),
        NoSuchCORSConfiguration => (404, "The CORS configuration does not exist"),
        NoSuchKey => (404, "The specified key does not exist."),
        NoSuchLifecycleConfiguration => (404, "The lifecycle configuration does not exist"),
        NoSuchObjectLockConfiguration => (404, "The specified object does not have an ObjectLock configuration"),
        NoSuchPublicAccessBlockConfiguration => (404, "The public access block configuration was not found"),
        NoSuchTagSet => (404, "The TagSet does not exist"),
        NoSuchUpload => (404, "The specified multipart upload does not exist. The upload ID might not be valid, or the multipart upload might have been aborted or completed."),
        NoSuchVersion => (404, "The version ID specified in the request does not match an existing version."),
        NoSuchWebsiteConfiguration => (404, "The specified bucket does not have a website configuration"),
        NotImplemented => (501, "A header or query that you provided implies functionality that is not implemented."),
        NotModified => (304, "Not Modified"),
        ObjectLockConfigurationNotFoundError => (404, "Object Lock configuration does not exist for this bucket"),
        OperationAborted => (409, "A conflicting conditional operation is currently in progress against this resource. Try again."),
        OwnershipControlsNotFoundError => (404, "The bucket ownership controls were not found"),
        PreconditionFailed => (412, "At least one of the preconditions that you specified did not hold."),
        QuotaExceeded => (403, "The storage quota of the organization is used up."),
        ReplicationConfigurationNotFoundError => (404, "The replication configuration was not found"),
        RequestHeaderSectionTooLarge => (400, "Your request header section exceeds the maximum allowed size."),
        RequestTimeTooSkewed => (403, "The difference between the request time and the server's time is too large."),
        RequestTimeout => (400, "Your socket connection to the server was not read from or written to within the timeout period."),
        ServerSideEncryptionConfigurationNotFoundError => (404, "The server side encryption configuration was not found"),
        ServiceUnavailable => (503, "Service is unable to handle request."),
        SignatureDoesNotMatch => (403, "The request signature that the server calculated does not match the signature that you provided. Check your secret access key and signing method."),
        SlowDown => (503, "Please reduce your request rate."),
        TooManyBuckets => (400, "You have attempted to create more buckets than are allowed."),
        UnexpectedContent => (400, "This request does not support content"),
        UnresolvableGrantByEmailAddress => (400, "The email address that you provided does not match any account on record."),
        XAmzContentChecksumMismatch => (400, "The provided 'x-amz-checksum' header does not match what was computed."),
        XAmzContentSHA256Mismatch => (400, "The provided 'x-amz-content-sha256' header does not match what was computed."),
    };
}
