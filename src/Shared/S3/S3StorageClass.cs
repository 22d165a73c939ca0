namespace EdgeCache.Shared.S3;

/// <summary>Storage classes (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject, x-amz-storage-class</see>).</summary>
public static class S3StorageClass
{
    /// <summary>The class of objects that were stored without one.</summary>
    public const string Standard = "STANDARD";

    /// <summary>Reads <c>x-amz-storage-class</c>; absent is <see cref="Standard"/>, a class that this store does not have is InvalidStorageClass.</summary>
    /// <remarks>
    /// Only classes whose promise this store keeps are accepted: readable at once, as durable as standard. What would be archived elsewhere is refused
    /// rather than kept under a name that says otherwise.
    /// </remarks>
    public static S3Error? TryParse(string? header, out string storageClass)
    {
        storageClass = string.IsNullOrEmpty(header) ? Standard : header;
        return storageClass is Standard or "STANDARD_IA" or "ONEZONE_IA" or "INTELLIGENT_TIERING" or "REDUCED_REDUNDANCY"
            ? null
            : new S3Error(S3ErrorCode.InvalidStorageClass, null, [new("StorageClassRequested", header!)]);
    }
}
