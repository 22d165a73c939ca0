namespace EdgeCache.Transport;

/// <summary>What was wrong with a file whose region could not be sent to its end. The connection is broken off then.</summary>
public enum FileRegionFault
{
    /// <summary>Nothing: if it was not sent, it was for the client's sake.</summary>
    None,

    /// <summary>The file ends before the region does.</summary>
    Truncated,

    /// <summary>The device failed.</summary>
    Unreadable,
}
