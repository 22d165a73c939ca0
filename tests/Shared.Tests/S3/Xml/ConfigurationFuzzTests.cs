using System.Globalization;
using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Cors;
using EdgeCache.Shared.S3.Lifecycle;
using EdgeCache.Shared.S3.Website;
using EdgeCache.Shared.S3.Xml;
using EdgeCache.Shared.Tests.SigV4;

namespace EdgeCache.Shared.Tests.S3.Xml;

/// <summary>
/// Whatever a client sends as a bucket's configuration: its reader answers in bounded time, with a value or an error, and what it accepts survives being
/// written and read again. <c>EDGECACHE_FUZZ_ITERATIONS</c> says how many inputs each reader gets; the seeds are in the folder beside this file.
/// </summary>
public sealed class ConfigurationFuzzTests
{
    private static readonly Dictionary<string, Func<byte[], (Func<byte[]>? Write, S3Error? Error)>> Readers = new()
    {
        ["CORSConfiguration"] = static bytes => CorsConfiguration.Parse(bytes) is var (value, error) ? (value is null ? null : value.Write, error) : default,
        ["WebsiteConfiguration"] = static bytes => WebsiteConfiguration.Parse(bytes) is var (value, error) ? (value is null ? null : value.Write, error) : default,
        ["RequestPaymentConfiguration"] = static bytes => RequestPaymentConfiguration.Parse(bytes) is var (value, error) ? (value is null ? null : value.Write, error) : default,
        ["AccelerateConfiguration"] = static bytes => AccelerateConfiguration.Parse(bytes) is var (value, error) ? (value is null ? null : value.Write, error) : default,
        ["LifecycleConfiguration"] = static bytes => LifecycleConfiguration.Parse(bytes) is var (value, error) ? (value is null ? null : value.Write, error) : default,
    };

    private static readonly string[] Fragments =
    [
        "<", ">", "</", "/>", "&amp;", "&#0;", "&#x41;", "&lt;", "<!-- -->", "<![CDATA[x]]>", "<?x?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "<Rule>", "</Rule>",
        "<And>", "</And>", "-1", "0", "2147483648", "99999999999999999999", "2026-01-01T00:00:00Z", "*", "**", "\r\n", "\0", "é", "\ufffe", "Enabled",
        "xmlns=\"urn:x\"", "xmlns:a=\"http://s3.amazonaws.com/doc/2006-03-01/\"",
    ];

    public static TheoryData<string> Documents => [.. Readers.Keys];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_seed_is_read_and_comes_back_the_same(string document)
    {
        var (write, error) = Readers[document](Seed(document));
        Assert.Null(error);
        Assert.NotNull(write);
        AssertComesBack(document, write(), "the seed");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Changed_seeds_are_read_or_refused(string document)
    {
        var random = new RandomRequests();
        var iterations = int.Parse(Environment.GetEnvironmentVariable("EDGECACHE_FUZZ_ITERATIONS") ?? "2000", CultureInfo.InvariantCulture);
        var seed = Seed(document);
        for (var i = 0; i < iterations; i++)
        {
            var input = Change(seed, random.Random);
            var where = $"seed {random.Seed}, input {i}: {Encoding.UTF8.GetString(input)}";
            (Func<byte[]>? Write, S3Error? Error) outcome = default;
            var failure = Record.Exception(() => outcome = Readers[document](input));
            Assert.True(failure is null, $"{where}: {failure}");
            Assert.True((outcome.Write is null) != (outcome.Error is null), where);
            Assert.True(outcome.Error is null or { Status: >= 400 and < 600 }, where);
            if (outcome.Write is { } write)
            {
                AssertComesBack(document, write(), where);
            }
        }
    }

    private static void AssertComesBack(string document, byte[] written, string where)
    {
        var (again, error) = Readers[document](written);
        Assert.True(again is not null, $"{where}: {error} of {Encoding.UTF8.GetString(written)}");
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(again()));
    }

    private static byte[] Change(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Seed(string document)
    {
        using var stream = typeof(ConfigurationFuzzTests).Assembly.GetManifestResourceStream($"Seeds/{document}.xml")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
