using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Origin.Identity.Federation.Oidc;

/// <summary>
/// Which addresses the control plane may be sent to for an issuer's keys. An issuer is named by an administrator of an organization, and its
/// discovery document names where the keys are, so neither may lead into the operator's own network unless the operator allows it.
/// </summary>
internal static class IssuerAddress
{
    /// <summary>The longest issuer, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Whether an address may be asked at all: TLS, or plain HTTP to this machine where private issuers are allowed.</summary>
    public static bool IsAcceptable(Uri address, bool allowPrivate) =>
        address.UserInfo.Length == 0 && address.Fragment.Length == 0 &&
        (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && allowPrivate));

    /// <summary>Whether the text can be an issuer (OpenID Connect Discovery 3): a URL without query and fragment.</summary>
    public static bool IsIssuer(string issuer, bool allowPrivate) =>
        issuer.Length is > 0 and <= MaxLength && FederatedNames.IsName(issuer) && !issuer.Contains('?') &&
        Uri.TryCreate(issuer, UriKind.Absolute, out var address) && IsAcceptable(address, allowPrivate);

    /// <summary>Whether an address is one of the open internet: not of this machine, a private network, a link, or a cloud's metadata service.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return !IPAddress.IsLoopback(address) && !PrivateNetworks.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }

    /// <summary>Connects to the first reachable address of a host, each checked after its name was resolved, so that no name can hide one.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, bool allowPrivate, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = addresses.Where(address => allowPrivate || IsPublic(address)).ToArray();
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("The issuer's host has no address that may be asked.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static readonly IPNetwork[] PrivateNetworks =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("224.0.0.0/3"), IPNetwork.Parse("::/128"), IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("64:ff9b:1::/48"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fec0::/10"), IPNetwork.Parse("ff00::/8"),
    ];
}
