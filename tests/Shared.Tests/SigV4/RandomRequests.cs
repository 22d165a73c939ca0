using System.Globalization;
using System.Text;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>Random keys, queries and headers from a seed, which is printed; <c>EDGECACHE_TEST_SEED</c> repeats a run.</summary>
internal sealed class RandomRequests
{
    private const string Awkward = "/+ %=&?#,;:@!$'()*~._-\"<>[]{}|\\^`éß€漢😀";

    private readonly Random _random;

    public RandomRequests()
    {
        Seed = int.TryParse(Environment.GetEnvironmentVariable("EDGECACHE_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        _random = new Random(Seed);
    }

    public int Seed { get; }

    public Random Random => _random;

    public Uri Uri()
    {
        var text = new StringBuilder("http://").Append(_random.Next(2) == 0 ? "localhost:9000" : "bucket.example.com")
            .Append('/').Append(PercentEncoding.Encode(Text(40), keepSlash: true));
        var parameters = _random.Next(6);
        for (var i = 0; i < parameters; i++)
        {
            text.Append(i == 0 ? '?' : '&').Append(PercentEncoding.Encode(Text(10), keepSlash: _random.Next(2) == 0));
            if (_random.Next(3) > 0)
            {
                text.Append('=').Append(PercentEncoding.Encode(Text(20), keepSlash: _random.Next(2) == 0));
            }
        }

        return new Uri(text.ToString(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    public HttpRequestMessage Message()
    {
        HttpMethod[] methods = [HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Head, HttpMethod.Post];
        var message = new HttpRequestMessage(methods[_random.Next(methods.Length)], Uri());
        for (var i = _random.Next(5); i > 0; i--)
        {
            message.Headers.TryAddWithoutValidation($"X-Amz-Meta-{(char)('A' + _random.Next(26))}", HeaderValue());
        }

        if (_random.Next(2) == 0)
        {
            message.Headers.TryAddWithoutValidation("Range", $"bytes={_random.Next(100)}-{100 + _random.Next(100)}");
        }

        return message;
    }

    public string PayloadHash()
    {
        var bytes = new byte[32];
        _random.NextBytes(bytes);
        return _random.Next(2) == 0 ? Shared.SigV4.PayloadHash.Unsigned : Convert.ToHexStringLower(bytes);
    }

    public string Text(int maxLength)
    {
        var runes = Awkward.EnumerateRunes().ToArray();
        var text = new StringBuilder();
        for (var i = _random.Next(1, maxLength); i > 0; i--)
        {
            text.Append(_random.Next(2) == 0 ? runes[_random.Next(runes.Length)] : new Rune('a' + _random.Next(26)));
        }

        return text.ToString();
    }

    private string HeaderValue()
    {
        var value = new char[_random.Next(1, 30)];
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = _random.Next(4) == 0 ? ' ' : (char)_random.Next('!', '~' + 1);
        }

        return "v" + new string(value) + "v";
    }
}
