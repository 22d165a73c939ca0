namespace EdgeCache.Standalone;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A bad option, a port in use, a directory that can't be written: nothing was started.</summary>
    public const int BadUsage = 2;
}
