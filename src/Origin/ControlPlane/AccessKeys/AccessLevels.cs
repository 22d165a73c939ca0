using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.ControlPlane.AccessKeys;

/// <summary>The names of access levels.</summary>
internal static class AccessLevels
{
    public static string NameOf(AccessLevel level) => level switch
    {
        AccessLevel.Read => "read",
        AccessLevel.Write => "write",
        AccessLevel.ReadWrite => "readwrite",
        AccessLevel.Full => "full",
    };

    /// <summary>Reads a name; absent is full.</summary>
    /// <exception cref="ApiException">400 for an unknown one.</exception>
    public static AccessLevel Parse(string? name)
    {
        foreach (var level in Enum.GetValues<AccessLevel>())
        {
            if (name == NameOf(level))
            {
                return level;
            }
        }

        return name is null ? AccessLevel.Full : throw ApiException.Invalid("'accessLevel' must be read, write, readwrite or full.");
    }
}
