using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Blobs;

/// <summary>What clients are told of a failing disk.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28; // ENOSPC
    private const int LinuxQuota = 122, MacQuota = 69; // EDQUOT

    /// <summary>There is no space for more.</summary>
    public static S3Error Full { get; } = new(S3ErrorCode.ServiceUnavailable, "Insufficient storage.");

    /// <summary>Whether an exception is of the disk, rather than a bug.</summary>
    public static bool IsDiskFailure(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>The error to answer.</summary>
    public static S3Error ToS3Error(Exception exception) =>
        exception.HResult == NoSpace || exception.HResult == (OperatingSystem.IsMacOS() ? MacQuota : LinuxQuota)
            ? Full
            : new S3Error(S3ErrorCode.ServiceUnavailable);
}
