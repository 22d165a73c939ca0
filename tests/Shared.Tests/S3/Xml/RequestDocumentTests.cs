using System.Text;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.Tests.S3.Xml;

public sealed class RequestDocumentTests
{
    private const string Ns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", null)]
    [InlineData("<CreateBucketConfiguration/>", null)]
    [InlineData("<CreateBucketConfiguration><LocationConstraint/></CreateBucketConfiguration>", null)]
    [InlineData("<CreateBucketConfiguration" + Ns + "><LocationConstraint>LAS1</LocationConstraint></CreateBucketConfiguration>", "LAS1")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CreateBucketConfiguration>\n <LocationConstraint> LAS1\n</LocationConstraint>\n</CreateBucketConfiguration>\n", "LAS1")]
    [InlineData("<CreateBucketConfiguration><Bucket><Type>x</Type></Bucket><LocationConstraint>ORD1</LocationConstraint></CreateBucketConfiguration>", "ORD1")]
    [InlineData("<a:CreateBucketConfiguration xmlns:a=\"http://s3.amazonaws.com/doc/2006-03-01/\"><a:LocationConstraint>ORD1</a:LocationConstraint></a:CreateBucketConfiguration>", "ORD1")]
    public async Task Locations(string document, string? expected)
    {
        var (value, error) = await CreateBucketConfiguration.ReadAsync(Body(document), Token);
        Assert.Null(error);
        Assert.Equal(expected, value!.LocationConstraint);
    }

    [Theory]
    [InlineData("<VersioningConfiguration" + Ns + "><Status>Enabled</Status></VersioningConfiguration>", BucketVersioning.Enabled)]
    [InlineData("<VersioningConfiguration><MfaDelete>Disabled</MfaDelete><Status>Suspended</Status></VersioningConfiguration>", BucketVersioning.Suspended)]
    public async Task Versioning(string document, BucketVersioning expected)
    {
        var (value, error) = await VersioningConfiguration.ReadAsync(Body(document), Token);
        Assert.Null(error);
        Assert.Equal(expected, value!.Status);
    }

    [Theory]
    [InlineData("", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration/>", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration><Status>Enabled</Status>", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration><x/>", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration><Status>Enabled<x/></Status></VersioningConfiguration>", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration>text<Status>Enabled</Status></VersioningConfiguration>", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration xmlns=\"urn:other\"><Status>Enabled</Status></VersioningConfiguration>", S3ErrorCode.MalformedXML)]
    [InlineData("<Delete/>", S3ErrorCode.MalformedXML)]
    [InlineData("Status=Enabled", S3ErrorCode.MalformedXML)]
    [InlineData("<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>", S3ErrorCode.NotImplemented)]
    public async Task Bad_versioning(string document, S3ErrorCode expected)
    {
        var (value, error) = await VersioningConfiguration.ReadAsync(Body(document), Token);
        Assert.Null(value);
        Assert.Equal(expected, error!.Code);
    }

    [Fact]
    public async Task Deletes()
    {
        const string Document = "<?xml version=\"1.0\"?><Delete" + Ns + "><!-- c --><Object><Key>a &amp; b</Key></Object>\n<Object><VersionId>v1</VersionId>" +
            "<Key> </Key></Object><Object><Key>/x//y&#13;&#10;</Key><VersionId/><ETag>&quot;abc&quot;</ETag><Size>7</Size>" +
            "<LastModifiedTime>Mon, 06 May 2024 07:08:09 GMT</LastModifiedTime></Object><Quiet>true</Quiet></Delete>";
        var (value, error) = await DeleteRequest.ReadAsync(Body(Document), Token);
        Assert.Null(error);
        Assert.True(value!.Quiet);
        Assert.Equal(
            [new("a & b"), new(" ", "v1"), new("/x//y\r\n", null, "abc", SampleFacts.Modified, 7)],
            value.Objects);
    }

    [Theory]
    [InlineData("<Delete/>")]
    [InlineData("<Delete><Quiet>true</Quiet></Delete>")]
    [InlineData("<Delete><Object/></Delete>")]
    [InlineData("<Delete><Object><Key/></Object></Delete>")]
    [InlineData("<Delete><Object><Key>a</Key><Size>x</Size></Object></Delete>")]
    [InlineData("<Delete><Object><Key>a</Key><LastModifiedTime>yesterday</LastModifiedTime></Object></Delete>")]
    [InlineData("<Delete><Object><Key>a<b/></Key></Object></Delete>")]
    [InlineData("<Delete><Object>key</Object></Delete>")]
    [InlineData("<Delete><Object><Key>a</Object></Delete>")]
    [InlineData("\u0000")]
    public async Task Bad_deletes(string document) =>
        Assert.Equal(S3ErrorCode.MalformedXML, (await DeleteRequest.ReadAsync(Body(document), Token)).Error!.Code);

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task A_delete_has_at_most_a_thousand_keys(int count, bool accepted)
    {
        var document = "<Delete>" + string.Concat(Enumerable.Range(0, count).Select(static i => $"<Object><Key>{i}{new string('k', 1000)}</Key></Object>")) + "</Delete>";
        var (value, error) = await DeleteRequest.ReadAsync(Body(document), Token);
        Assert.Equal(accepted, error is null);
        Assert.Equal(accepted ? count : null, value?.Objects.Count);
    }

    [Fact]
    public async Task Completions()
    {
        const string Document = "<CompleteMultipartUpload" + Ns + ">\n  <Part>\n    <ETag>\"abc\"</ETag>\n    <PartNumber>1</PartNumber>\n  </Part>\n" +
            "<Part><PartNumber>3</PartNumber><ChecksumCRC32C>yZRlqg==</ChecksumCRC32C><ETag>&quot;def&quot;</ETag></Part></CompleteMultipartUpload>";
        var (value, error) = await CompleteMultipartUploadRequest.ReadAsync(Body(Document), Token);
        Assert.Null(error);
        Assert.Equal([new(1, "abc", null), new(3, "def", new PartChecksum(ChecksumAlgorithm.Crc32C, "yZRlqg=="))], value!.Parts);
    }

    [Theory]
    [InlineData("", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload/>", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload><Part><ETag>a</ETag></Part></CompleteMultipartUpload>", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload><Part><ETag>a</ETag><PartNumber>0</PartNumber></Part></CompleteMultipartUpload>", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload><Part><ETag>a</ETag><PartNumber>10001</PartNumber></Part></CompleteMultipartUpload>", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload><Pert/></CompleteMultipartUpload>", S3ErrorCode.MalformedXML)]
    [InlineData("<CompleteMultipartUpload><Part><ETag>a</ETag><PartNumber>2</PartNumber></Part><Part><ETag>a</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>", S3ErrorCode.InvalidPartOrder)]
    public async Task Bad_completions(string document, S3ErrorCode expected) =>
        Assert.Equal(expected, (await CompleteMultipartUploadRequest.ReadAsync(Body(document), Token)).Error!.Code);

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public async Task An_upload_has_at_most_ten_thousand_parts(int count, bool accepted)
    {
        var sha = Convert.ToBase64String(new byte[32]);
        var document = "<CompleteMultipartUpload>\n" + string.Concat(Enumerable.Range(1, count).Select(i =>
            $"    <Part>\n        <PartNumber>{i}</PartNumber>\n        <ETag>&quot;{SampleFacts.ETag}&quot;</ETag>\n        <ChecksumSHA256>{sha}</ChecksumSHA256>\n    </Part>\n")) +
            "</CompleteMultipartUpload>";
        Assert.Equal(accepted, (await CompleteMultipartUploadRequest.ReadAsync(Body(document), Token)).Error is null);
    }

    public static TheoryData<string> Attacks =>
    [
        "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><Delete><Object><Key>&c;</Key></Object></Delete>",
        "<!DOCTYPE d SYSTEM \"file:///etc/passwd\"><Delete><Object><Key>a</Key></Object></Delete>",
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&x;</Key></Object></Delete>",
        "<Delete>" + string.Concat(Enumerable.Repeat("<x>", 100_000)),
        "<Delete><Object><Key>a</Key></Object>" + string.Concat(Enumerable.Repeat("<x>", 20)) + string.Concat(Enumerable.Repeat("</x>", 20)) + "</Delete>",
        "<Delete><Object><Key>a</Key></Object><x " + string.Concat(Enumerable.Range(0, 1000).Select(static i => $"a{i}='{i}' ")) + "/>",
        "<?xml version=\"1.0\" encoding=\"no-such-encoding\"?><Delete><Object><Key>a</Key></Object></Delete>",
        "<Delete><Object><Key>" + new string('a', DeleteRequest.MaxBytes) + "</Key></Object></Delete>",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Attacks_are_malformed_documents(string document) =>
        Assert.Equal(S3ErrorCode.MalformedXML, (await DeleteRequest.ReadAsync(Body(document), Token)).Error!.Code);

    [Fact]
    public async Task A_body_is_read_no_further_than_its_bound()
    {
        using var endless = new EndlessStream();
        Assert.Null(await S3XmlBody.ReadAsync(endless, 10_000, Token));
        Assert.InRange(endless.BytesRead, 10_001, 64 * 1024);
    }

    [Fact]
    public void Damaged_documents_never_throw()
    {
        const int Seed = 1207;
        var random = new Random(Seed);
        var originals = new[]
        {
            "<Delete" + Ns + "><Object><Key>a&amp;b&#x41;</Key><VersionId>v</VersionId></Object><Quiet>true</Quiet></Delete>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part></CompleteMultipartUpload>",
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            "<CreateBucketConfiguration><LocationConstraint><![CDATA[x]]></LocationConstraint></CreateBucketConfiguration>",
        };
        for (var round = 0; round < 5_000; round++)
        {
            var document = Encoding.UTF8.GetBytes(originals[random.Next(originals.Length)]);
            for (var damage = random.Next(1, 6); damage > 0; damage--)
            {
                document[random.Next(document.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"<>/&;!?[]\"= "[random.Next(12)];
            }

            var end = random.Next(4) == 0 ? random.Next(document.Length) : document.Length;
            var failure = Record.Exception(() =>
            {
                DeleteRequest.Parse(document.AsMemory(0, end));
                CompleteMultipartUploadRequest.Parse(document.AsMemory(0, end));
                VersioningConfiguration.Parse(document.AsMemory(0, end));
                CreateBucketConfiguration.Parse(document.AsMemory(0, end));
            });
            Assert.True(failure is null, $"seed {Seed}, round {round}: {failure}\n{Encoding.Latin1.GetString(document, 0, end)}");
        }
    }

    [Fact]
    public void Control_characters_in_keys_are_read_as_clients_write_them()
    {
        var (value, error) = DeleteRequest.Parse("<Delete><Object><Key>a&#x1;b</Key></Object></Delete>"u8.ToArray());
        Assert.Null(error);
        Assert.Equal("a\u0001b", value!.Objects[0].Key);
    }

    private static MemoryStream Body(string text) => new(Encoding.UTF8.GetBytes(text));

    private sealed class EndlessStream : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            BytesRead += buffer.Length;
            return new(buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();
    }
}
