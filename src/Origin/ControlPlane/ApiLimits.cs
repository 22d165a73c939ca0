using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using EdgeCache.Origin.Hosting;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>
/// How often who may call: any request by address, wrong tokens by address, and credentials handed out by token and by address.
/// Each is a bucket that holds one minute's worth and refills steadily.
/// </summary>
internal sealed class ApiLimits : IDisposable
{
    /// <summary>An IPv6 client has a whole network of this many leading bytes to call from.</summary>
    private const int NetworkBytes = 8;

    private readonly PartitionedRateLimiter<string> _requests;
    private readonly PartitionedRateLimiter<string> _failures;
    private readonly TimeSpan _failurePause;
    private readonly PartitionedRateLimiter<string> _byToken;
    private readonly PartitionedRateLimiter<string> _byAddress;

    public ApiLimits(OriginOptions options)
    {
        var limits = options.ControlPlaneLimits;
        _requests = Create(limits.RequestsPerMinute);
        _failures = Create(limits.WrongTokensPerMinute);
        _failurePause = TimeSpan.FromMinutes(1) / limits.WrongTokensPerMinute;
        _byToken = Create(limits.CredentialsPerMinuteAndToken);
        _byAddress = Create(limits.CredentialsPerMinuteAndAddress);
    }

    /// <exception cref="ApiException">429: the address has called too often.</exception>
    public void TakeRequest(HttpContext context) => Take(_requests, Address(context));

    /// <exception cref="ApiException">429: the address has shown too many wrong tokens.</exception>
    public void CheckFailures(HttpContext context)
    {
        // Not by asking for zero permits: a bucket grants these as soon as a fraction of one has come back.
        if (_failures.GetStatistics(Address(context)) is { CurrentAvailablePermits: < 1 })
        {
            throw ApiException.TooMany("Too many wrong tokens; wait and try again.", _failurePause);
        }
    }

    public void CountFailure(HttpContext context) => _failures.AttemptAcquire(Address(context)).Dispose();

    /// <summary>Takes the right to one credential, for the token that asks and for the address that it comes from.</summary>
    /// <exception cref="ApiException">429: one of them had too many.</exception>
    public void TakeCredential(HttpContext context)
    {
        Take(_byAddress, Address(context));
        if (context.Features.Get<ApiCaller>() is { } caller)
        {
            Take(_byToken, caller.Token.Id);
        }
    }

    public void Dispose()
    {
        _requests.Dispose();
        _failures.Dispose();
        _byToken.Dispose();
        _byAddress.Dispose();
    }

    private static void Take(PartitionedRateLimiter<string> limiter, string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        if (!lease.IsAcquired)
        {
            throw ApiException.TooMany(
                "Too many requests; wait and try again.", lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1));
        }
    }

    private static PartitionedRateLimiter<string> Create(int perMinute) => PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
        }));

    private static string Address(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes).ToString();
    }
}
