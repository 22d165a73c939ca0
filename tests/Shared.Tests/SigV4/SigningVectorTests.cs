using System.Text;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>AWS's signing test suite, for a generic service. Where the suite is absent, the tests are skipped and say so.</summary>
public class SigningVectorTests
{
    private const string Absent = "(absent)";

    public static TheoryData<string, string> Cases()
    {
        var suite = SigningVector.FindSuite();
        var cases = new TheoryData<string, string>();
        string[] names = suite is null ? [Absent] : [.. Directory.GetDirectories(suite).Select(d => Path.GetFileName(d)).Order()];
        foreach (var name in names)
        {
            cases.Add(name, "header");
            cases.Add(name, "query");
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void A_vector_gives_its_canonical_request_string_to_sign_and_signature(string name, string form)
    {
        Assert.SkipWhen(name == Absent, "The AWS signing test suite is not here: set EDGECACHE_VECTORS to its directory.");
        var vector = new SigningVector(Path.Combine(SigningVector.FindSuite()!, name));
        var (request, claim) = vector.Signed(form);

        var canonical = new CanonicalBuffer([]);
        CanonicalRequest.Append(ref canonical, request, claim, vector.PathRule);
        var toSign = new CanonicalBuffer([]);
        CanonicalRequest.AppendStringToSign(ref toSign, claim, canonical.Written);

        Assert.Equal(vector.Read($"{form}-canonical-request.txt"), Encoding.UTF8.GetString(canonical.Written));
        Assert.Equal(vector.Read($"{form}-string-to-sign.txt"), Encoding.UTF8.GetString(toSign.Written));
        Assert.Null(SigV4Verifier.CheckSignature(request, claim, vector.Key, vector.PathRule));
        canonical.Dispose();
        toSign.Dispose();
    }
}
