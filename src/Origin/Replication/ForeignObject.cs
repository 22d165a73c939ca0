using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Replication;

/// <summary>An object of another region whose bytes are about to come; dispose it to end the transfer.</summary>
/// <param name="response">Owned.</param>
/// <param name="facts">What its headers say: no generation, and no parts.</param>
/// <param name="length">How many bytes come: all, or those of the range asked for.</param>
/// <param name="body">The bytes.</param>
internal sealed class ForeignObject(HttpResponseMessage response, VersionFacts facts, long length, Stream body) : IDisposable
{
    public VersionFacts Facts => facts;

    public long Length => length;

    public Stream Body => body;

    public void Dispose() => response.Dispose();
}
