namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>
/// What writers were told and what readers may therefore see. Every key has one writer, which numbers its revisions; the contents of a
/// revision are a function of key and revision, so that any byte can be checked without keeping it.
/// </summary>
internal sealed class RevisionLedger(int keys)
{
    /// <summary>The first bytes of every object: key, revision and length, little-endian.</summary>
    public const int PrefixLength = 12;

    private readonly Entry[] _entries = [.. Enumerable.Range(0, keys).Select(static _ => new Entry())];

    public int Keys => _entries.Length;

    /// <summary>The newest revision known to be stored when called; 0 for none.</summary>
    public int Acknowledged(int key) => Volatile.Read(ref _entries[key].Acknowledged);

    /// <summary>The newest revision whose upload was ever begun.</summary>
    public int Attempted(int key) => Volatile.Read(ref _entries[key].Attempted);

    public int BeginRevision(int key) => ++_entries[key].Attempted;

    public void Acknowledge(int key, int revision) => Volatile.Write(ref _entries[key].Acknowledged, revision);

    public static string Name(int key) => $"objects/{key:00}";

    /// <summary>
    /// The contents of a revision: mostly small, as a rule so that an origin keeps them in its catalog, some of several chunks, one in eight large enough
    /// for a multipart upload.
    /// </summary>
    public static byte[] Content(int key, int revision)
    {
        var random = new Random((key * 1_000_003) + revision);
        var length = random.Next(8) switch
        {
            0 => random.Next(5_300_000, 11_000_000),
            < 3 => random.Next(200_000, 5_000_000),
            < 5 => random.Next(PrefixLength, 100_000),
            _ => random.Next(PrefixLength, 32 << 10),
        };
        var content = new byte[length];
        random.NextBytes(content);
        BitConverter.TryWriteBytes(content.AsSpan(0, 4), key);
        BitConverter.TryWriteBytes(content.AsSpan(4, 4), revision);
        BitConverter.TryWriteBytes(content.AsSpan(8, 4), length);
        return content;
    }

    /// <summary>Fails unless <paramref name="body"/> is exactly one revision of the key, no older than <paramref name="atLeast"/>.</summary>
    public void AssertAllowed(int key, byte[] body, int atLeast)
    {
        Assert.True(body.Length >= PrefixLength, $"{Name(key)}: a body of {body.Length} bytes");
        var revision = BitConverter.ToInt32(body, 4);
        Assert.Equal(key, BitConverter.ToInt32(body, 0));
        Assert.True(revision >= atLeast, $"{Name(key)}: revision {revision} was read, though {atLeast} had been acknowledged");
        Assert.True(revision <= Attempted(key), $"{Name(key)}: revision {revision} was never written");
        Assert.True(body.AsSpan().SequenceEqual(Content(key, revision)), $"{Name(key)}: the bytes of revision {revision} are not what was written");
    }

    private sealed class Entry
    {
        public int Acknowledged;
        public int Attempted;
    }
}
