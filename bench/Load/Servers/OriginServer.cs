using System.Net;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Servers;

/// <summary>The product's origin, read directly: no cache.</summary>
internal sealed class OriginServer(string name, ProductDeployment deployment) : ServerUnderTest
{
    public override string Name => name;

    public override IPEndPoint EndPoint => deployment.Origin.EndPoint;

    public override TimeSpan FrontCpu => deployment.Origin.CpuTime;

    public override bool Caches => false;

    public override string Target(string key) => deployment.Target(deployment.Origin, HttpMethod.Get, key);

    public override Task<StoredObject> AddColdAsync(StoredObject source, string key, CancellationToken cancellation) => throw new NotSupportedException();

    public override Task RemoveColdAsync(StoredObject cold, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>The deployment belongs to the group.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
