using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.BadInput;

/// <summary>Builds the head of a correctly signed request as text, so that a test can then spoil one thing about it.</summary>
internal sealed class SignedHead(string accessKeyId, string secretKey, string endpoint)
{
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Shifts the time of the signature.</summary>
    public TimeSpan Shift { get; init; }

    /// <summary>The head without its final empty line.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query, as it goes over the wire.</param>
    /// <param name="payloadHash">The value of x-amz-content-sha256.</param>
    /// <param name="headers">Further headers, signed when they are x-amz ones.</param>
    public string Build(string method, string target, string payloadHash = Unsigned, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(endpoint + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        new SigV4Signer(accessKeyId, secretKey, "us-east-1", new ShiftedTime(_time, Shift)).Sign(request, payloadHash);
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: {new Uri(endpoint).Authority}\r\n");
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                head.Append(CultureInfo.InvariantCulture, $"{name}: {values}\r\n");
            }
        }

        foreach (var (name, value) in headers)
        {
            if (!name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            }
        }

        return head.ToString();
    }

    public static string Sha256(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private sealed class ShiftedTime(TimeProvider inner, TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + shift;
    }
}
