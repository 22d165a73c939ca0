using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using EdgeCache.Load.Data;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class CheckpointTests
{
    private const int Size = 3_000_001;
    private const int Shards = 3;
    private const ulong Seed = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 7)]
    [InlineData(Size, Shards)]
    [InlineData(64L << 30, 16)]
    public void A_plan_has_exactly_the_size_and_no_name_twice(long size, int shards)
    {
        var plan = CheckpointPlan.Create(size, shards, Seed);
        Assert.Equal(size, plan.TotalSize);
        Assert.Equal(shards, plan.Shards.Count);
        var names = plan.Shards.SelectMany(shard => shard).Select(tensor => tensor.Name).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public async Task What_was_written_verifies()
    {
        using var directory = new TempDirectory();
        await WriteAsync(directory.Path);
        Assert.Empty(await CheckpointVerifier.VerifyAsync(directory.Path, seed: null, Cancellation));
        Assert.NotEmpty(await CheckpointVerifier.VerifyAsync(directory.Path, Seed + 1, Cancellation));
    }

    [Fact]
    public async Task The_header_is_read_as_the_format_describes_it()
    {
        using var directory = new TempDirectory();
        await WriteAsync(directory.Path);
        var bytes = await File.ReadAllBytesAsync(Shard(directory.Path, 1), Cancellation);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        var header = JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject();
        var next = 0L;
        foreach (var (_, tensor) in header.Where(member => member.Key != "__metadata__"))
        {
            Assert.Equal(next, (long)tensor!["data_offsets"]![0]!);
            next = (long)tensor["data_offsets"]![1]!;
        }

        Assert.Equal(bytes.Length, 8 + length + next);
    }

    [Fact]
    public async Task A_changed_byte_a_lost_byte_and_a_lost_file_are_found()
    {
        using var directory = new TempDirectory();
        await WriteAsync(directory.Path);
        await using (var changed = new FileStream(Shard(directory.Path, 0), FileMode.Open))
        {
            changed.Position = changed.Length - 1;
            var last = changed.ReadByte();
            changed.Position = changed.Length - 1;
            changed.WriteByte((byte)(last ^ 1));
        }

        await using (var shortened = new FileStream(Shard(directory.Path, 1), FileMode.Open))
        {
            shortened.SetLength(shortened.Length - 1);
        }

        File.Delete(Shard(directory.Path, 2));
        var faults = await CheckpointVerifier.VerifyAsync(directory.Path, seed: null, Cancellation);
        Assert.Equal(Shards, faults.Count);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[8],"data_offsets":[0,8]}}""", "length of another type")]
    [InlineData("""{"a":{"dtype":"X1","shape":[8],"data_offsets":[0,8]}}""", "unknown type")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""", "a byte too many")]
    [InlineData("""{"a":{"dtype":"U8","shape":"8","data_offsets":[0,8]}}""", "shape of another type")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8]}}""", "no offsets")]
    [InlineData(" {}", "leading blank")]
    [InlineData("{", "no JSON")]
    public void A_header_against_the_format_is_refused(string json, string why)
    {
        const int data = 8;
        using var file = new MemoryStream();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        file.Write(length);
        file.Write(Encoding.UTF8.GetBytes(json));
        file.Write(new byte[data]);
        file.Position = 0;
        Assert.True(Record.Exception(() => SafetensorsHeader.Read(file)) is FormatException, why);
    }

    private static string Shard(string directory, int shard) => Path.Combine(directory, CheckpointPlan.ShardName(shard, Shards));

    private static Task WriteAsync(string directory) =>
        CheckpointWriter.WriteAsync(CheckpointPlan.Create(Size, Shards, Seed), directory, new Progress<string>(), Cancellation);
}
