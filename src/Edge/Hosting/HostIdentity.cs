using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Edge.Hosting;

/// <summary>The value of <c>x-amz-id-2</c> and HostId: opaque to clients, the same for all answers of a node.</summary>
internal static class HostIdentity
{
    public static string For(string edgeName) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{edgeName}/{Environment.MachineName}/{Environment.ProcessId}")));
}
