namespace EdgeCache.Origin.Hosting;

/// <summary>An origin can't start for a reason that its operator can mend; the message is one line that says which.</summary>
public sealed class OriginStartupException : IOException
{
    /// <summary>Makes the exception.</summary>
    public OriginStartupException(string message, Exception? inner = null)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }
}
