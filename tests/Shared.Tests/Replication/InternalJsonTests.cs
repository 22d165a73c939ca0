using System.Collections.Immutable;
using System.Text.Json;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Tests.Replication;

public sealed class InternalJsonTests
{
    [Fact]
    public void A_version_survives_the_round_trip()
    {
        var version = new VersionFacts
        {
            Bucket = "bucket",
            Key = "ключ/é",
            Generation = Generation.New(TimeProvider.System),
            VersionId = "null",
            Size = long.MaxValue,
            ETag = "d41d8cd98f00b204e9800998ecf8427e-3",
            LastModified = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
            Headers = ImmutableSortedDictionary.CreateRange(StringComparer.OrdinalIgnoreCase, [KeyValuePair.Create("Content-Type", "a/b")]),
            UserMetadata = ImmutableSortedDictionary.CreateRange(StringComparer.OrdinalIgnoreCase, [KeyValuePair.Create("x", "\u00e9\u0001")]),
            Checksum = new ObjectChecksum(ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, "AAAA"),
            PartSizes = [1, 2, 3],
            PartChecksums = ["a", "b", "c"],
            Acl = CannedAcl.PublicRead,
            AsOfSequence = 7,
        };

        var json = JsonSerializer.Serialize(new ResolveReply(true, version, 7), InternalJson.Default.ResolveReply);
        var read = JsonSerializer.Deserialize(json, InternalJson.Default.ResolveReply)!.Version!;

        Assert.Equal(version.Generation, read.Generation);
        Assert.Equal("a/b", read.Headers["content-type"]);
        Assert.Equal(version.UserMetadata.ToArray(), read.UserMetadata.ToArray());
        Assert.Equal(version.PartSizes.ToArray(), read.PartSizes.ToArray());
        Assert.Equal(version.PartChecksums.ToArray(), read.PartChecksums.ToArray());
        Assert.Equal(version, read with { Headers = version.Headers, UserMetadata = version.UserMetadata, PartSizes = version.PartSizes, PartChecksums = version.PartChecksums });
    }

    [Fact]
    public void A_signing_key_and_its_principal_survive_the_round_trip()
    {
        var reply = new SigningKeyReply(
            true, [1, 2, 3], new Principal("static/A", "org", AccessLevel.ReadWrite, ["g"], PrincipalKind.User), DateTimeOffset.UnixEpoch, null, 3);

        var json = JsonSerializer.Serialize(reply, InternalJson.Default.SigningKeyReply);
        var read = JsonSerializer.Deserialize(json, InternalJson.Default.SigningKeyReply)!;

        Assert.Equal(reply.Key, read.Key);
        Assert.Equal(reply.Principal!.Groups.ToArray(), read.Principal!.Groups.ToArray());
        Assert.Equal(AccessLevel.ReadWrite, read.Principal.Level);
        Assert.Equal(DateTimeOffset.UnixEpoch, read.ExpiresAt);
    }

    [Fact]
    public void A_frame_is_one_line()
    {
        var frame = new FeedFrame("e", 2, false, [new ChangeRecord(2, ChangeKind.ObjectChanged, "b", "a\nb", DateTimeOffset.UnixEpoch)]);

        var json = JsonSerializer.Serialize(frame, InternalJson.Default.FeedFrame);

        Assert.DoesNotContain('\n', json);
        Assert.Equal("a\nb", JsonSerializer.Deserialize(json, InternalJson.Default.FeedFrame)!.Records[0].Key);
    }
}
