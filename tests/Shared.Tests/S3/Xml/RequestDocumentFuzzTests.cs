using System.Globalization;
using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.Tests.S3.Xml;

/// <summary>
/// Nothing that a client can send as a document makes its reader throw, run long or accept what it can't write again. EDGECACHE_FUZZ_DOCUMENTS says how
/// many inputs each reader gets; the seed of a run is printed with what it finds.
/// </summary>
public sealed class RequestDocumentFuzzTests
{
    private const int UsualInputs = 5_000;

    /// <summary>A good document of each kind to begin with, and its reader; what was once found is added here.</summary>
    private static readonly Dictionary<string, (string[] Seeds, Func<ReadOnlyMemory<byte>, S3Error?> Read)> Readers = new()
    {
        ["ObjectLockConfiguration"] = (
            [
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
                "<ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
            ],
            static d => ObjectLockConfiguration.Parse(d) is var (value, error) && value is not null ? ObjectLockConfiguration.Parse(value.Write()).Error : error),
        ["Retention"] = (
            ["<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2030-01-02T03:04:05.678Z</RetainUntilDate></Retention>", "<Retention/>"],
            static d => RetentionDocument.Parse(d) is var (value, error) && value is not null ? RetentionDocument.Parse(value.Write()).Error : error),
        ["LegalHold"] = (
            ["<LegalHold><Status>ON</Status></LegalHold>"],
            static d => LegalHoldDocument.Parse(d) is var (value, error) && value is not null ? LegalHoldDocument.Parse(value.Write()).Error : error),
        ["ServerSideEncryptionConfiguration"] = (
            ["<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"],
            static d => ServerSideEncryptionConfiguration.Parse(d) is var (value, error) && value is not null ? ServerSideEncryptionConfiguration.Parse(value.Write()).Error : error),
        ["VersioningConfiguration"] = (
            ["<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>"],
            static d => VersioningConfiguration.Parse(d).Error),
        ["Delete"] = (
            ["<Delete><Object><Key>a</Key><VersionId>v</VersionId><ETag>\"e\"</ETag><Size>1</Size><LastModifiedTime>Mon, 06 May 2024 07:08:09 GMT</LastModifiedTime></Object><Quiet>true</Quiet></Delete>"],
            static d => DeleteRequest.Parse(d).Error),
    };

    private static readonly string[] Fragments =
    [
        "<", ">", "/", "</", "/>", "&", "&amp;", "&#0;", "&#x41;", "&lol;", "<![CDATA[", "]]>", "<!--", "-->", "<?x?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "\"", "'", "=",
        "xmlns=\"urn:x\"", "xmlns:a=\"", "<Rule>", "</Rule>", "<Mode>", "<Status>", "<Object>", "Enabled", "ON", "-1", "0", "99999999999999999999", "2030-13-45", "\0", "é", "\uffff", " ",
        "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
    ];

    public static TheoryData<string> Kinds => [.. Readers.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Changed_documents_are_read_or_refused(string kind)
    {
        var (seeds, read) = Readers[kind];
        Assert.All(seeds, seed => Assert.Null(read(Encoding.UTF8.GetBytes(seed))));
        var runSeed = Random.Shared.Next();
        var random = new Random(runSeed);
        for (var i = 0; i < Inputs; i++)
        {
            var document = Change(seeds[random.Next(seeds.Length)], random);
            var failure = Record.Exception(() => read(document));
            Assert.True(failure is null, $"seed {runSeed}, input {i}, {Convert.ToBase64String(document)}: {failure}");
        }
    }

    private static int Inputs => int.TryParse(
        Environment.GetEnvironmentVariable("EDGECACHE_FUZZ_DOCUMENTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var inputs) ? inputs : UsualInputs;

    private static byte[] Change(string seed, Random random)
    {
        if (random.Next(8) == 0)
        {
            var bytes = Encoding.UTF8.GetBytes(seed);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            return bytes[..random.Next(bytes.Length + 1)];
        }

        var text = new StringBuilder(seed);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            text.Remove(at, random.Next(Math.Min(12, text.Length - at) + 1)).Insert(at, Fragments[random.Next(Fragments.Length)]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
