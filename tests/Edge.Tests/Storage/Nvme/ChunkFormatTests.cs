using EdgeCache.Edge.Storage.Nvme;
using EdgeCache.Shared.Primitives;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Storage.Nvme;

public sealed class ChunkFormatTests
{
    private static readonly ChunkId Id = new(new Generation(0x0123456789ABCDEF, 0xFEDCBA9876543210), 7);

    [Fact]
    public void A_full_record_is_four_mebibytes()
    {
        Assert.Equal(4 << 20, ChunkGeometry.RecordSizeOf(ChunkGeometry.PayloadSize));
        Assert.Equal(64, ChunkGeometry.BlocksOf(ChunkGeometry.PayloadSize));
        Assert.Equal(8192, ChunkGeometry.RecordSizeOf(1));
        Assert.Equal(8192, ChunkGeometry.RecordSizeOf(4096));
        Assert.Equal(12288, ChunkGeometry.RecordSizeOf(4097));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(0, ChunkGeometry.PayloadSize + 5L, ChunkGeometry.PayloadSize)]
    [InlineData(1, ChunkGeometry.PayloadSize + 5L, 5)]
    [InlineData(2, ChunkGeometry.PayloadSize + 5L, 0)]
    public void Chunks_cut_an_object_without_gap(int index, long size, int length)
    {
        Assert.Equal(length, ChunkGeometry.LengthOf(index, size));
        if (length > 0)
            Assert.Equal(index, ChunkGeometry.IndexOf(ChunkGeometry.OffsetOf(index) + length - 1));
    }

    [Fact]
    public void The_header_has_the_documented_bytes()
    {
        var header = new byte[ChunkGeometry.HeaderSize];
        ChunkRecord.WriteHeader(header, Id, "123456789"u8);

        // Fixed for good: a change here needs a new version number.
        Assert.Equal("FC1F0000" + "45434348" + "0100" + "0010" + "00000100", Convert.ToHexString(header, 0, 16));
        Assert.Equal("0123456789ABCDEFFEDCBA9876543210", Convert.ToHexString(header, 16, 16));
        Assert.Equal("07000000" + "09000000" + "0090BF0100000000", Convert.ToHexString(header, 32, 16));
        Assert.Equal("839206E3", Convert.ToHexString(header, 64, 4));
        Assert.Equal([0xE3069283u], ChunkRecord.TryReadHeader(header, Id, 9)!);
    }

    [Fact]
    public void No_flipped_bit_of_a_header_is_accepted()
    {
        var header = new byte[ChunkGeometry.HeaderSize];
        ChunkRecord.WriteHeader(header, Id, new byte[200_000]);
        for (var bit = 0; bit < header.Length * 8; bit++)
        {
            header[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(ChunkRecord.TryReadHeader(header, Id, 200_000));
            header[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.NotNull(ChunkRecord.TryReadHeader(header, Id, 200_000));
        Assert.Null(ChunkRecord.TryReadHeader(header, Id, 199_999));
        Assert.Null(ChunkRecord.TryReadHeader(header, Id with { Index = 8 }, 200_000));
    }

    [Fact]
    public void A_journal_entry_has_the_documented_bytes()
    {
        var bytes = new byte[JournalEntry.Size];
        new JournalEntry(JournalEntryKind.Stored, Id, new ChunkLocation(0x123456000, 42)).Write(bytes);
        Assert.Equal("01010000" + "07000000" + "0123456789ABCDEFFEDCBA9876543210" + "0060452301000000" + "2A000000", Convert.ToHexString(bytes, 0, 36));
    }

    [Fact]
    public void No_flipped_bit_of_a_journal_entry_is_accepted()
    {
        var bytes = new byte[JournalEntry.Size];
        var entry = new JournalEntry(JournalEntryKind.Stored, Id, new ChunkLocation(8 << 20, 42));
        entry.Write(bytes);
        Assert.True(JournalEntry.TryRead(bytes, out var read));
        Assert.Equal(entry, read);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(JournalEntry.TryRead(bytes, out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(JournalEntry.TryRead(bytes.AsSpan(1), out _));
        Assert.False(JournalEntry.TryRead([], out _));
    }

    [Fact]
    public void No_flipped_bit_of_a_commit_slot_is_accepted()
    {
        using var directory = new TempDirectory();
        var path = directory.Combine("commit");
        using (var manager = new TwoSlotCommitManager(path, sync: true))
        {
            manager.Commit(0, 0, [1, 2, 3], 41, false);
            manager.Commit(0, 0, [4, 5], 42, false);
            Assert.Null(manager.Fault);
            Assert.Equal([42L, 41L], manager.ListCommits());
            Assert.Equal([4, 5], manager.GetCommitMetadata(42)!);
        }

        var bytes = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var flip = 0; flip < 50; flip++)
        {
            // Slot 0 holds commit 42.
            var bit = flip < 20 ? flip * 8 : random.Next(4096 * 8);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, bytes);
            using var manager = new TwoSlotCommitManager(path, sync: false);
            Assert.Equal([41L], manager.ListCommits());
            Assert.Null(manager.GetCommitMetadata(42));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_layout_is_read_back_or_refused()
    {
        using var directory = new TempDirectory();
        Assert.Null(ChunkLayout.TryLoad(directory.Path));
        var layout = ChunkLayout.For(20L << 30, null);
        Assert.Equal(1L << 30, layout.SegmentSize);
        layout.Save(directory.Path);
        Assert.Equal(layout, ChunkLayout.TryLoad(directory.Path));
        var bytes = File.ReadAllBytes(directory.Combine("layout"));
        bytes[9] ^= 1;
        File.WriteAllBytes(directory.Combine("layout"), bytes);
        Assert.Null(ChunkLayout.TryLoad(directory.Path));
    }
}
