namespace EdgeCache.Shared.S3.Encryption;

/// <summary>The headers of server-side encryption, and what is wrong when they do not fit the object.</summary>
public static class EncryptionHeaders
{
    /// <summary>The one algorithm, of both kinds.</summary>
    public const string Aes256 = "AES256";

    /// <summary>The algorithm of encryption with the store's keys.</summary>
    public const string ServerSide = "x-amz-server-side-encryption";

    /// <summary>What the headers of a customer's key begin with.</summary>
    public const string CustomerPrefix = "x-amz-server-side-encryption-customer-";

    /// <summary>What the headers of the key of a copy's source begin with.</summary>
    public const string CopySourcePrefix = "x-amz-copy-source-server-side-encryption-customer-";

    /// <summary>The end of the name of the header with the algorithm.</summary>
    public const string Algorithm = "algorithm";

    /// <summary>The end of the name of the header with the key, Base64 of 32 bytes.</summary>
    public const string Key = "key";

    /// <summary>The end of the name of the header with the MD5 of the key, Base64 of 16 bytes.</summary>
    public const string KeyMd5 = "key-MD5";

    /// <summary>The key belongs to the object, and did not come.</summary>
    public static S3Error KeyMissing { get; } = new(
        S3ErrorCode.InvalidRequest,
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.");

    /// <summary>A key came for an object that has none.</summary>
    public static S3Error KeyNotApplicable { get; } = new(S3ErrorCode.InvalidRequest, "The encryption parameters are not applicable to this object.");
}
