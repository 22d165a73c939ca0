namespace EdgeCache.Origin.Identity;

/// <summary>A key was not issued, for a reason that lies with who asked.</summary>
internal sealed class KeyRefusedException(KeyAddition reason) : Exception($"No key is issued: {reason}.")
{
    public KeyAddition Reason => reason;
}
