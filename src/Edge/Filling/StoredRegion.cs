using EdgeCache.Edge.Storage;
using EdgeCache.Transport;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Edge.Filling;

/// <summary>The next bytes of a read as they lie in a file of the store: verified as the policy asks, and there until disposed. Dispose once they are sent.</summary>
internal sealed class StoredRegion(IStoredBytes lease, int within, int length) : IDisposable
{
    /// <summary>The file.</summary>
    public SafeFileHandle File => lease.Handle;

    /// <summary>Where they begin in it.</summary>
    public long Offset => lease.FileOffset + within;

    /// <summary>How many.</summary>
    public int Length => length;

    /// <summary>They could not be sent for the file's sake: nobody is to be sent to it again.</summary>
    public void Renounce(FileRegionFault fault) => lease.Renounce(fault == FileRegionFault.Unreadable);

    public void Dispose() => lease.Dispose();
}
