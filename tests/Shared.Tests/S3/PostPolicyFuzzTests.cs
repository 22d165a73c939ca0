using System.Globalization;
using System.Text;
using EdgeCache.Shared.S3.Posting;

namespace EdgeCache.Shared.Tests.S3;

/// <summary>Nothing that a form can bring as a policy makes its reader throw. EDGECACHE_FUZZ_DOCUMENTS says how many inputs it gets.</summary>
public sealed class PostPolicyFuzzTests
{
    private const int UsualInputs = 5_000;

    private static readonly string[] Seeds =
    [
        """{"expiration":"2030-01-01T00:00:00.000Z","conditions":[{"bucket":"b"},["starts-with","$key","user/"],["eq","$acl","private"],["content-length-range",0,1024]]}""",
        """{"expiration":"2030-01-01T00:00:00Z","conditions":[{"x-amz-date":"20300101T000000Z","key":"k"}]}""",
    ];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", "\"", ":", ",", "null", "true", "1e999", "-1", "99999999999999999999", "\\ud800", "\\u0000", "$", "\"$key\"", "\"expiration\"", "\"conditions\"", "[[[[[[[[", "é", "\0"];

    [Fact]
    public void Changed_policies_are_read_or_refused()
    {
        var inputs = int.TryParse(Environment.GetEnvironmentVariable("EDGECACHE_FUZZ_DOCUMENTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : UsualInputs;
        Assert.All(Seeds, static seed => Assert.Null(PostPolicy.TryParse(Encoding.UTF8.GetBytes(seed), out _)));
        var runSeed = Random.Shared.Next();
        var random = new Random(runSeed);
        var fields = new Dictionary<string, string> { ["key"] = "user/a", ["bucket"] = "b" };
        for (var i = 0; i < inputs; i++)
        {
            var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                var at = random.Next(text.Length + 1);
                text.Remove(at, random.Next(Math.Min(12, text.Length - at) + 1)).Insert(at, Fragments[random.Next(Fragments.Length)]);
            }

            var document = Encoding.UTF8.GetBytes(text.ToString());
            var failure = Record.Exception(() =>
            {
                if (PostPolicy.TryParse(document, out var policy) is null)
                {
                    policy!.Check(fields, DateTimeOffset.UnixEpoch);
                }
            });
            Assert.True(failure is null, $"seed {runSeed}, input {i}, {Convert.ToBase64String(document)}: {failure}");
        }
    }
}
