namespace EdgeCache.Edge.Hosting;

/// <summary>An edge can't start for a reason that its operator can mend; the message is one line that says which.</summary>
public sealed class EdgeStartupException : IOException
{
    /// <summary>Makes the exception.</summary>
    public EdgeStartupException(string message, Exception? inner = null)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }
}
