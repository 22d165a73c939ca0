using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace EdgeCache.Shared.Iam.Conditions;

/// <summary><c>IpAddress</c> and <c>NotIpAddress</c>: addresses and networks, IPv4 and IPv6; an IPv4 address mapped into IPv6 is the IPv4 address.</summary>
internal sealed class IpAddressCondition(ConditionKey key, OperatorModifiers modifiers, ImmutableArray<IPNetwork> networks) : Condition(key, modifiers)
{
    private static readonly SearchValues<char> IPv4Characters = SearchValues.Create("0123456789.");

    /// <summary>Networks with shorter prefixes than these are so large that S3 calls them public.</summary>
    private const int BroadestIPv4Prefix = 8;
    private const int BroadestIPv6Prefix = 32;

    protected override bool HasFixedValues => networks.All(static network =>
        network.PrefixLength >= (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? BroadestIPv4Prefix : BroadestIPv6Prefix));

    /// <summary>Reads an address or a network; bits behind the prefix are ignored, as IAM does.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var written = slash < 0 ? text : text[..slash];
        // IPAddress reads "10" and "0x0a000001" too, which nobody means.
        if (!IPAddress.TryParse(written, out var address) || written.Contains('%', StringComparison.Ordinal) ||
            (address.AddressFamily == AddressFamily.InterNetwork && (written.Count(static c => c == '.') != 3 || written.AsSpan().ContainsAnyExcept(IPv4Characters))))
        {
            return false;
        }

        var isMapped = address.IsIPv4MappedToIPv6;
        address = isMapped ? address.MapToIPv4() : address;
        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = longest;
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out prefix))
            {
                return false;
            }

            prefix -= isMapped ? 96 : 0;
            if (prefix < 0 || prefix > longest)
            {
                return false;
            }
        }

        network = new IPNetwork(Masked(address, prefix), prefix);
        return true;
    }

    protected override bool MatchesAny(in ConditionValue value)
    {
        var address = value.Address;
        if (address is null && !IPAddress.TryParse(value.Text, out address))
        {
            return false;
        }

        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        for (var i = 0; i < length; i++)
        {
            var kept = Math.Clamp(prefix - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes[..length]);
    }
}
