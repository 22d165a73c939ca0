namespace EdgeCache.Transport;

/// <summary>How far a flush got without waiting.</summary>
internal enum SendStep
{
    /// <summary>All is with the kernel.</summary>
    Done,

    /// <summary>The socket's buffer is full.</summary>
    Blocked,

    /// <summary>The next bytes of the file are not in the page cache.</summary>
    Cold,

    /// <summary>The connection has had its turn.</summary>
    TurnOver,

    /// <summary>The file can't be sent by sendfile(2).</summary>
    Copy,

    /// <summary>The connection is of no more use.</summary>
    Failed,
}
