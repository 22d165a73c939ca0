using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeCache.Transport;

/// <summary>Puts the transport into a server.</summary>
public static class TransportServices
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Replaces the sockets of the server, whose own must have been added before.</summary>
    public static IServiceCollection AddFileTransport(this IServiceCollection services, TransportOptions options, TimeProvider time) =>
        services.AddSingleton<IConnectionListenerFactory>(provider => new TransportFactory(
            options, time, provider.GetRequiredService<ILoggerFactory>(), provider.GetService<IMemoryPoolFactory<byte>>()));

    /// <summary>
    /// Has the threads that wait for sockets also run what was waited for, so that a request which waits for nothing is served without a change of
    /// thread. For a whole process, before its first <see cref="Socket"/>; whoever set the variable has decided otherwise.
    /// </summary>
    public static void PreferInlineCompletions()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
