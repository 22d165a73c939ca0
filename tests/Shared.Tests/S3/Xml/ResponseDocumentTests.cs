using System.Text;
using System.Xml.Linq;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.Tests.S3.Xml;

public sealed class ResponseDocumentTests
{
    private const string Head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
    private const string Ns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    private const string When = "2024-05-06T07:08:09.000Z";
    private static readonly S3Owner Owner = new("org-a", "A & Co");
    private static readonly ObjectChecksum Crc = new(ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, "AAAAAAAAAAA=");

    [Fact]
    public void Errors()
    {
        var error = new S3Error(S3ErrorCode.NoSuchKey, null, [new("Key", "a<b")]);
        Assert.Equal(
            Head + "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&lt;b</Key>" +
            "<Resource>/bkt/a&lt;b</Resource><RequestId>r1</RequestId><HostId>h1</HostId></Error>",
            Text(ErrorDocument.Write(error, "/bkt/a<b", "r1", "h1")));
    }

    [Fact]
    public void Buckets() => Assert.Equal(
        Head + "<ListAllMyBucketsResult" + Ns + "><Owner><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Owner><Buckets>" +
        $"<Bucket><Name>b1</Name><CreationDate>{When}</CreationDate><BucketRegion>ORD1</BucketRegion></Bucket>" +
        $"<Bucket><Name>b2</Name><CreationDate>{When}</CreationDate></Bucket></Buckets><ContinuationToken>t</ContinuationToken></ListAllMyBucketsResult>",
        Text(new ListAllMyBucketsResult
        {
            Owner = Owner,
            Buckets = [new("b1", SampleFacts.Modified, "ORD1"), new("b2", SampleFacts.Modified.ToOffset(TimeSpan.FromHours(2)))],
            ContinuationToken = "t",
        }.Write()));

    [Fact]
    public void Locations_and_versioning()
    {
        Assert.Equal(Head + "<LocationConstraint" + Ns + ">LAS1</LocationConstraint>", Text(BucketLocation.Write("LAS1")));
        Assert.Equal(Head + "<VersioningConfiguration" + Ns + " />", Text(new VersioningConfiguration(BucketVersioning.Unversioned).Write()));
        Assert.Equal(Head + "<VersioningConfiguration" + Ns + "><Status>Suspended</Status></VersioningConfiguration>",
            Text(new VersioningConfiguration(BucketVersioning.Suspended).Write()));
    }

    [Fact]
    public void Objects_version_1() => Assert.Equal(
        Head + "<ListBucketResult" + Ns + "><Name>bkt</Name><Prefix /><Marker>m</Marker><NextMarker>z/</NextMarker><MaxKeys>2</MaxKeys>" +
        "<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>" +
        $"<Contents><Key>a&amp;b</Key><LastModified>{When}</LastModified><ETag>\"abc\"</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>" +
        "<ChecksumType>COMPOSITE</ChecksumType><Size>5</Size><StorageClass>STANDARD</StorageClass>" +
        "<Owner><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Owner></Contents><CommonPrefixes><Prefix>z/</Prefix></CommonPrefixes></ListBucketResult>",
        Text(new ListBucketResultV1
        {
            Name = "bkt",
            Marker = "m",
            NextMarker = "z/",
            MaxKeys = 2,
            Delimiter = "/",
            IsTruncated = true,
            Contents = [new("a&b", SampleFacts.Modified, "abc", 5, "STANDARD", Owner, ChecksumAlgorithm.Crc32, ChecksumType.Composite)],
            CommonPrefixes = ["z/"],
        }.Write()));

    [Fact]
    public void Objects_version_2_encoded() => Assert.Equal(
        Head + "<ListBucketResult" + Ns + "><Name>bkt</Name><Prefix>a%2Bb/</Prefix><ContinuationToken /><NextContinuationToken>n+/=</NextContinuationToken>" +
        "<StartAfter>%0A</StartAfter><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>%25</Delimiter><EncodingType>url</EncodingType>" +
        $"<IsTruncated>true</IsTruncated><Contents><Key>quux%20ab/%E2%82%AC%01</Key><LastModified>{When}</LastModified><ETag>\"abc\"</ETag>" +
        "<Size>0</Size><StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>p%25</Prefix></CommonPrefixes></ListBucketResult>",
        Text(new ListBucketResultV2
        {
            Name = "bkt",
            Prefix = "a+b/",
            ContinuationToken = string.Empty,
            NextContinuationToken = "n+/=",
            StartAfter = "\n",
            Delimiter = "%",
            EncodeUrl = true,
            IsTruncated = true,
            Contents = [new("quux ab/€\u0001", SampleFacts.Modified, "abc", 0, "STANDARD")],
            CommonPrefixes = ["p%"],
        }.Write()));

    [Fact]
    public void Versions() => Assert.Equal(
        Head + "<ListVersionsResult" + Ns + "><Name>bkt</Name><Prefix /><KeyMarker /><VersionIdMarker /><NextKeyMarker>k</NextKeyMarker>" +
        "<NextVersionIdMarker>v</NextVersionIdMarker><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>" +
        $"<DeleteMarker><Key>k</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><LastModified>{When}</LastModified>" +
        "<Owner><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Owner></DeleteMarker>" +
        $"<Version><Key>k</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><LastModified>{When}</LastModified><ETag>\"e\"</ETag>" +
        "<Size>3</Size><StorageClass>STANDARD</StorageClass><Owner><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Owner></Version></ListVersionsResult>",
        Text(new ListVersionsResult
        {
            Name = "bkt",
            NextKeyMarker = "k",
            NextVersionIdMarker = "v",
            IsTruncated = true,
            Versions =
            [
                new() { Key = "k", VersionId = "v2", IsLatest = true, IsDeleteMarker = true, LastModified = SampleFacts.Modified, Owner = Owner },
                new() { Key = "k", VersionId = string.Empty, LastModified = SampleFacts.Modified, ETag = "e", Size = 3, Owner = Owner },
            ],
        }.Write()));

    [Fact]
    public void Multipart()
    {
        Assert.Equal(Head + "<InitiateMultipartUploadResult" + Ns + "><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>",
            Text(new InitiateMultipartUploadResult("b", "k", "u").Write()));
        Assert.Equal(
            Head + "<CompleteMultipartUploadResult" + Ns + "><Location>http://h/b/k</Location><Bucket>b</Bucket><Key>k</Key><ETag>\"e-2\"</ETag>" +
            "<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType></CompleteMultipartUploadResult>",
            Text(new CompleteMultipartUploadResult("http://h/b/k", "b", "k", "e-2", Crc).Write()));
        Assert.Equal(Head + "<CopyObjectResult" + Ns + $"><LastModified>{When}</LastModified><ETag>\"e\"</ETag></CopyObjectResult>",
            Text(new CopyObjectResult("e", SampleFacts.Modified, null).Write()));
        Assert.Equal(
            Head + "<CopyPartResult" + Ns + $"><LastModified>{When}</LastModified><ETag>\"e\"</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME></CopyPartResult>",
            Text(new CopyPartResult("e", SampleFacts.Modified, Crc).Write()));
    }

    [Fact]
    public void Parts() => Assert.Equal(
        Head + "<ListPartsResult" + Ns + "><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId>" +
        "<Initiator><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Initiator><Owner><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Owner>" +
        "<StorageClass>STANDARD</StorageClass><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>1</NextPartNumberMarker><MaxParts>1</MaxParts>" +
        "<IsTruncated>true</IsTruncated><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>" +
        $"<Part><PartNumber>1</PartNumber><LastModified>{When}</LastModified><ETag>\"e\"</ETag><Size>5242880</Size>" +
        "<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME></Part></ListPartsResult>",
        Text(new ListPartsResult
        {
            Bucket = "b",
            Key = "k",
            UploadId = "u",
            Initiator = Owner,
            Owner = Owner,
            NextPartNumberMarker = 1,
            MaxParts = 1,
            IsTruncated = true,
            ChecksumAlgorithm = ChecksumAlgorithm.Crc64Nvme,
            ChecksumType = ChecksumType.FullObject,
            Parts = [new(1, SampleFacts.Modified, "e", 5 << 20, Crc)],
        }.Write()));

    [Fact]
    public void Uploads() => Assert.Equal(
        Head + "<ListMultipartUploadsResult" + Ns + "><Bucket>b</Bucket><KeyMarker /><UploadIdMarker /><NextKeyMarker>k%20</NextKeyMarker>" +
        "<NextUploadIdMarker>u</NextUploadIdMarker><Prefix>p</Prefix><Delimiter>/</Delimiter><EncodingType>url</EncodingType><MaxUploads>1000</MaxUploads>" +
        "<IsTruncated>true</IsTruncated><Upload><Key>k%20</Key><UploadId>u</UploadId><Initiator><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Initiator>" +
        $"<Owner><ID>org-a</ID><DisplayName>A &amp; Co</DisplayName></Owner><StorageClass>STANDARD</StorageClass><Initiated>{When}</Initiated></Upload>" +
        "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListMultipartUploadsResult>",
        Text(new ListMultipartUploadsResult
        {
            Bucket = "b",
            NextKeyMarker = "k ",
            NextUploadIdMarker = "u",
            Prefix = "p",
            Delimiter = "/",
            EncodeUrl = true,
            IsTruncated = true,
            Uploads = [new("k ", "u", Owner, Owner, "STANDARD", SampleFacts.Modified)],
            CommonPrefixes = ["p/"],
        }.Write()));

    [Fact]
    public void Deletions() => Assert.Equal(
        Head + "<DeleteResult" + Ns + "><Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key><VersionId>v</VersionId><DeleteMarker>true</DeleteMarker>" +
        "<DeleteMarkerVersionId>v</DeleteMarkerVersionId></Deleted><Error><Key>c</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>",
        Text(new DeleteResult([new("a"), new("b", "v", true, "v")], [new("c", null, S3ErrorCode.AccessDenied)]).Write()));

    [Fact]
    public void Attributes() => Assert.Equal(
        Head + "<GetObjectAttributesResponse" + Ns + "><ETag>e-1</ETag><Checksum><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>" +
        "<ChecksumType>FULL_OBJECT</ChecksumType></Checksum><ObjectParts><PartsCount>6</PartsCount><PartNumberMarker>3</PartNumberMarker>" +
        "<NextPartNumberMarker>4</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>4</PartNumber><Size>7</Size></Part>" +
        "</ObjectParts><StorageClass>STANDARD</StorageClass><ObjectSize>42</ObjectSize></GetObjectAttributesResponse>",
        Text(new GetObjectAttributesResponse
        {
            ETag = "e-1",
            Checksum = Crc,
            Parts = new(6, 3, 4, 1, true, [new(4, 7)]),
            StorageClass = "STANDARD",
            ObjectSize = 42,
        }.Write()));

    [Theory]
    [InlineData(CannedAcl.Private, "FULL_CONTROL org-a")]
    [InlineData(CannedAcl.PublicRead, "READ AllUsers,FULL_CONTROL org-a")]
    [InlineData(CannedAcl.PublicReadWrite, "READ AllUsers,WRITE AllUsers,FULL_CONTROL org-a")]
    [InlineData(CannedAcl.AuthenticatedRead, "READ AuthenticatedUsers,FULL_CONTROL org-a")]
    [InlineData(CannedAcl.BucketOwnerRead, "FULL_CONTROL org-a,READ org-b")]
    [InlineData(CannedAcl.BucketOwnerFullControl, "FULL_CONTROL org-a,FULL_CONTROL org-b")]
    public void Acls(CannedAcl acl, string expected)
    {
        var root = XDocument.Parse(Text(new AccessControlPolicy(Owner.Id, AccessControlPolicy.GrantsOf(acl, Owner.Id, "org-b")).Write())).Root!;
        XNamespace ns = "http://s3.amazonaws.com/doc/2006-03-01/", xsi = "http://www.w3.org/2001/XMLSchema-instance";
        Assert.Equal("org-a", root.Element(ns + "Owner")!.Element(ns + "ID")!.Value);
        var grants = root.Element(ns + "AccessControlList")!.Elements(ns + "Grant").Select(grant =>
        {
            var grantee = grant.Element(ns + "Grantee")!;
            var isGroup = grantee.Attribute(xsi + "type")!.Value == "Group";
            return $"{grant.Element(ns + "Permission")!.Value} {(isGroup ? grantee.Element(ns + "URI")!.Value.Split('/')[^1] : grantee.Element(ns + "ID")!.Value)}";
        });
        Assert.Equal(expected, string.Join(',', grants));
    }

    [Fact]
    public void Tags()
    {
        Assert.Equal(Head + "<Tagging" + Ns + "><TagSet /></Tagging>", Text(TaggingDocument.Write([])));
        Assert.Equal(Head + "<Tagging" + Ns + "><TagSet><Tag><Key>k</Key><Value /></Tag></TagSet></Tagging>", Text(TaggingDocument.Write([new("k", "")])));
    }

    [Fact]
    public void Settings_are_not_configured()
    {
        foreach (var operation in Enum.GetValues<S3Operation>())
        {
            var (body, error) = BucketSettingAnswers.For(operation, "bkt");
            Assert.True(error is null || (error.Status == 404 && body is null), operation.ToString());
        }

        Assert.Equal(S3ErrorCode.ReplicationConfigurationNotFoundError, BucketSettingAnswers.For(S3Operation.GetBucketReplication, "bkt").Error!.Code);
        Assert.Equal((null, null), BucketSettingAnswers.For(S3Operation.GetObject, "bkt"));
    }

    [Fact]
    public void Keys_that_xml_cannot_have_are_written_as_references()
    {
        var keys = Enumerable.Range(1, 0x20).Select(static c => $"k{(char)c}\r\n").Append("\ufffe\uffff").Append("\ud83d\ude00");
        var text = Text(new ListBucketResultV2 { Name = "bkt", Contents = [.. keys.Select(static k => new ListedObject(k, SampleFacts.Modified, "e", 1, "STANDARD"))] }.Write());
        Assert.Contains("<Key>k&#x1;&#xD;\n</Key>", text, StringComparison.Ordinal);
        Assert.Contains("<Key>\ud83d\ude00</Key>", text, StringComparison.Ordinal);
    }

    private static string Text(byte[] document) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(document);
}
