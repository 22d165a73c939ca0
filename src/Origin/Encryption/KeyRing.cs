using System.Collections.Immutable;
using EdgeCache.Origin.Hosting;

namespace EdgeCache.Origin.Encryption;

/// <summary>
/// The keys that SSE-S3 encrypts with. New objects use the newest; the older ones stay for what was encrypted with them. When the newest has reached
/// <see cref="OriginOptions.EncryptionKeyLifetime"/>, the next object to be encrypted finds a new one. Safe for use from any thread.
/// </summary>
internal sealed partial class KeyRing
{
    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyRing> _logger;
    private ImmutableArray<RingKey> _keys;

    private KeyRing(string directory, TimeSpan lifetime, IReadOnlyList<RingKey> keys, TimeProvider time, ILogger<KeyRing> logger) =>
        (_directory, _lifetime, _keys, _time, _logger) = (directory, lifetime, [.. keys], time, logger);

    /// <summary>Reads the ring.</summary>
    /// <exception cref="Shared.Processes.StartupException">Its file can't be used.</exception>
    public static KeyRing Open(OriginOptions options, TimeProvider time, ILogger<KeyRing> logger) =>
        new(options.DataDirectory, options.EncryptionKeyLifetime, KeyRingFile.Read(options.DataDirectory), time, logger);

    /// <summary>The key for what is encrypted now, made if there is none or the newest is too old.</summary>
    /// <exception cref="IOException">There is none, and none can be written.</exception>
    /// <exception cref="UnauthorizedAccessException">There is none, and none can be written.</exception>
    public RingKey Current()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (!_keys.IsEmpty && now - _keys[^1].Created < _lifetime)
            {
                return _keys[^1];
            }

            var added = _keys.Add(RingKey.New(now));
            try
            {
                // On disk before anything is encrypted with it.
                KeyRingFile.Write(_directory, added);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && !_keys.IsEmpty)
            {
                LogNotRotated(e);
                return _keys[^1];
            }

            _keys = added;
            LogRotated(added.Length);
            return added[^1];
        }
    }

    /// <summary>The key of an id; null when the ring has none such.</summary>
    public RingKey? Find(ReadOnlySpan<byte> id)
    {
        ImmutableArray<RingKey> keys;
        lock (_gate)
        {
            keys = _keys;
        }

        foreach (var key in keys)
        {
            if (id.SequenceEqual(key.Id))
            {
                return key;
            }
        }

        return null;
    }

    [LoggerMessage(2000, LogLevel.Information, "A new key was added to the key ring, which now has {Count}.")]
    private partial void LogRotated(int count);

    [LoggerMessage(2001, LogLevel.Error, "No new key could be written to the key ring: the one before goes on serving.")]
    private partial void LogNotRotated(Exception exception);
}
