namespace EdgeCache.Shared.Checksums;

/// <summary>The additional checksum algorithms of S3.</summary>
public enum ChecksumAlgorithm
{
    /// <summary>CRC-32/ISO-HDLC.</summary>
    Crc32,

    /// <summary>CRC-32/ISCSI (Castagnoli).</summary>
    Crc32C,

    /// <summary>CRC-64/NVME.</summary>
    Crc64Nvme,

    /// <summary>SHA-1.</summary>
    Sha1,

    /// <summary>SHA-256.</summary>
    Sha256,
}

/// <summary>What a checksum of a multipart object covers.</summary>
public enum ChecksumType
{
    /// <summary>All bytes of the object.</summary>
    FullObject,

    /// <summary>The concatenated binary checksums of the parts.</summary>
    Composite,
}
