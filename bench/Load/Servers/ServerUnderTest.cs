using System.Net;
using EdgeCache.Load.Client;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Servers;

/// <summary>A part of an object to read; the whole of it when <paramref name="Length"/> is its size.</summary>
internal sealed record ObjectRead(StoredObject Object, long Offset, long Length)
{
    public static ObjectRead Whole(StoredObject stored) => new(stored, 0, stored.Size);

    /// <summary>The Range header's line, or nothing for a whole object.</summary>
    public string RangeLine => Length == Object.Size ? "" : $"Range: bytes={Offset}-{Offset + Length - 1}\r\n";
}

/// <summary>A listener for TLS.</summary>
/// <param name="EndPoint">Where it is.</param>
/// <param name="Target">The path and query that read a key there.</param>
internal sealed record TlsListener(IPEndPoint EndPoint, Func<string, string> Target);

/// <summary>A server that is measured, running and holding the data set.</summary>
internal abstract class ServerUnderTest : IAsyncDisposable
{
    /// <summary>The name in the report.</summary>
    public abstract string Name { get; }

    /// <summary>Where clients connect.</summary>
    public abstract IPEndPoint EndPoint { get; }

    /// <summary>The CPU time so far of the tier that clients talk to.</summary>
    public abstract TimeSpan FrontCpu { get; }

    /// <summary>The CPU time so far of the tier behind it; zero when there is none.</summary>
    public virtual TimeSpan UpstreamCpu => TimeSpan.Zero;

    /// <summary>Whether it caches, so that a miss can be measured.</summary>
    public abstract bool Caches { get; }

    /// <summary>Where clients connect with TLS; null when that is not measured.</summary>
    public virtual TlsListener? Tls => null;

    /// <summary>The files that hold the bytes of large objects; none when they are served from the server's own memory.</summary>
    public virtual IEnumerable<string> LargeFiles => [];

    /// <summary>Whether large objects are read from files.</summary>
    public bool ServesFromFiles => LargeFiles.Any();

    /// <summary>The path and query that read <paramref name="key"/>.</summary>
    public abstract string Target(string key);

    /// <summary>Makes <paramref name="source"/> available under a key that no cache has seen.</summary>
    public abstract Task<StoredObject> AddColdAsync(StoredObject source, string key, CancellationToken cancellation);

    /// <summary>Removes what <see cref="AddColdAsync"/> made.</summary>
    public abstract Task RemoveColdAsync(StoredObject cold, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    public PreparedRequest Prepare(ObjectRead read, bool overTls)
    {
        var (host, target) = overTls ? (Tls!.EndPoint, Tls.Target(read.Object.Key)) : (EndPoint, Target(read.Object.Key));
        var head = $"GET {target} HTTP/1.1\r\nHost: {host}\r\n{read.RangeLine}\r\n";
        return new PreparedRequest(System.Text.Encoding.ASCII.GetBytes(head), read.Length, read.Object.Content, read.Offset);
    }
}
