namespace EdgeCache.Edge.Commands;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The edge did what was asked, but not to the end: a warm-up that left something out.</summary>
    public const int Incomplete = 1;

    /// <summary>It could not begin or not go on, for a reason that its operator can mend; one line on standard error says which.</summary>
    public const int Failure = 2;
}
