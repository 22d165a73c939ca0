namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>When the checksum of a stored block is compared with its bytes. Under either, a scrubber compares all of them over time.</summary>
public enum ChecksumPolicy
{
    /// <summary>Whenever it is read.</summary>
    Strict,

    /// <summary>
    /// When it is read for the first time since the process started. What the medium or the memory spoils after that is served until the scrubber comes
    /// by: for drives and memory that check themselves.
    /// </summary>
    Once,
}
