using EdgeCache.Shared.SigV4;
using EdgeCache.Testing;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>What the signer signs, the verifier accepts; what is changed afterwards, it refuses.</summary>
public class RoundTripTests
{
    private static readonly ManualTimeProvider Clock = new(new DateTimeOffset(2026, 2, 28, 23, 59, 59, 750, TimeSpan.Zero));

    private readonly SigV4Signer _signer = new("AKID", "secret", "ORD1", Clock);

    [Fact]
    public void Signed_random_requests_verify()
    {
        var random = new RandomRequests();
        for (var i = 0; i < 2000; i++)
        {
            using var message = random.Message();
            _signer.Sign(message, random.PayloadHash());
            AssertVerifies(TestRequest.From(message), $"seed {random.Seed}, request {i}: {message.RequestUri}");
        }
    }

    [Fact]
    public void Presigned_random_uris_verify()
    {
        var random = new RandomRequests();
        for (var i = 0; i < 2000; i++)
        {
            var uri = _signer.Presign(HttpMethod.Get, random.Uri(), TimeSpan.FromSeconds(random.Random.Next(1, 604_801)));
            AssertVerifies(TestRequest.From(HttpMethod.Get, uri), $"seed {random.Seed}, request {i}: {uri}");
        }
    }

    [Fact]
    public void Every_changed_character_of_a_signed_request_is_noticed()
    {
        var random = new RandomRequests();
        for (var i = 0; i < 20; i++)
        {
            using var message = random.Message();
            _signer.Sign(message, random.PayloadHash());
            AssertEveryChangeIsNoticed(TestRequest.From(message), $"seed {random.Seed}, request {i}");
        }
    }

    [Fact]
    public void Every_changed_character_of_a_presigned_request_is_noticed()
    {
        var random = new RandomRequests();
        for (var i = 0; i < 20; i++)
        {
            var uri = _signer.Presign(HttpMethod.Get, random.Uri(), TimeSpan.FromDays(1));
            AssertEveryChangeIsNoticed(TestRequest.From(HttpMethod.Get, uri), $"seed {random.Seed}, request {i}");
        }
    }

    [Fact]
    public void Signing_again_replaces_the_signature()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "http://localhost/b/k");
        _signer.Sign(message);
        message.Headers.TryAddWithoutValidation("x-amz-meta-a", "1");
        _signer.Sign(message);

        Assert.Single(message.Headers.GetValues("Authorization"));
        AssertVerifies(TestRequest.From(message), "signed twice");
    }

    [Fact]
    public void The_signer_follows_the_day()
    {
        var clock = new ManualTimeProvider(new DateTimeOffset(2026, 1, 1, 23, 59, 59, TimeSpan.Zero));
        var signer = new SigV4Signer("AKID", "secret", "ORD1", clock);
        foreach (var date in (string[])["20260101", "20260102"])
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, "http://localhost/b/k");
            signer.Sign(message);
            SigV4Parser.TryParse(TestRequest.From(message), out var claim);
            Assert.Equal(date, claim!.Scope.Date);
            Assert.Null(SigV4Verifier.Verify(TestRequest.From(message), claim, SigningKey.Derive("secret", claim.Scope), clock.GetUtcNow()));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void A_signing_key_survives_its_bytes()
    {
        var key = SigningKey.Derive("secret", new SigV4Scope("20260228", "ORD1", "s3"));

        Assert.Equal(key.ToArray(), new SigningKey(key.ToArray()).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SigningKey(new byte[31]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(604_801)]
    public void A_validity_out_of_range_is_refused(int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _signer.Presign(HttpMethod.Get, new Uri("http://localhost/"), TimeSpan.FromSeconds(seconds)));

    private static bool Verifies(TestRequest request) =>
        SigV4Parser.TryParse(request, out var claim) is null && claim is { AccessKeyId: "AKID" } &&
        SigV4Verifier.Verify(request, claim, SigningKey.Derive("secret", claim.Scope), Clock.GetUtcNow()) is null;

    private static void AssertVerifies(TestRequest request, string what) => Assert.True(Verifies(request), what);

    private static void AssertEveryChangeIsNoticed(TestRequest request, string what)
    {
        AssertVerifies(request, what);
        foreach (var changed in Changes(request.Method))
        {
            AssertNoticed(request, r => r.Method = changed, what);
        }

        foreach (var changed in Changes(request.RawPath))
        {
            AssertNoticed(request, r => r.RawPath = changed, what);
        }

        foreach (var changed in Changes(request.RawQuery))
        {
            AssertNoticed(request, r => r.RawQuery = changed, what);
        }

        foreach (var (name, value) in request.Headers)
        {
            foreach (var changed in Changes(value))
            {
                AssertNoticed(request, r => r.Headers[name] = changed, what);
            }

            AssertNoticed(request, r => r.Headers.Remove(name), what);
        }
    }

    private static void AssertNoticed(TestRequest request, Action<TestRequest> change, string what)
    {
        var changed = request.Clone();
        change(changed);
        Assert.False(Verifies(changed), $"{what}: {changed.Method} {changed.RawPath}?{changed.RawQuery} {string.Join('|', changed.Headers)}");
    }

    private static IEnumerable<string> Changes(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            yield return $"{text[..i]}{(char)(text[i] ^ 1)}{text[(i + 1)..]}";
        }
    }
}
