namespace EdgeCache.Shared.Processes;

/// <summary>A program can't start for a reason that its operator can mend; the message is one line that says which.</summary>
public sealed class StartupException : IOException
{
    /// <summary>Makes the exception.</summary>
    public StartupException(string message, Exception? inner = null)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }
}
