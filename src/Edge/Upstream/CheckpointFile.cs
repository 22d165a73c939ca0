namespace EdgeCache.Edge.Upstream;

/// <summary>
/// Keeps a stream's checkpoint on disk: a few seconds old while the stream moves, seldom written while it stands still. The disk is waited for beside
/// the frames, not between them: a slow sync must not make the feed look silent.
/// </summary>
internal sealed class CheckpointFile(ChangeStream stream, string path, TimeProvider time)
{
    private static readonly TimeSpan MovingInterval = TimeSpan.FromSeconds(5);

    /// <summary>A stream that stands still only grows older: all that the file would gain is until when its entries were current.</summary>
    private static readonly TimeSpan StandingInterval = TimeSpan.FromMinutes(1);

    private Task<bool> _saving = Task.FromResult(true);
    private long _savedAt = time.GetTimestamp();
    private long _savedPosition = -1;

    public StreamCheckpoint? TryLoad() => StreamCheckpoint.TryLoad(path);

    /// <summary>Begins to write when it is time to. Called by the follower alone.</summary>
    /// <returns>Whether the disk refused the last one.</returns>
    public bool SaveIfDue()
    {
        var age = time.GetElapsedTime(_savedAt);
        if (!_saving.IsCompleted || age < (stream.Position == _savedPosition ? StandingInterval : MovingInterval))
        {
            return false;
        }

        var failed = _saving is { IsCompletedSuccessfully: true, Result: false };
        Save();
        return failed;
    }

    /// <summary>Writes the last state; nothing more is saved after.</summary>
    public async Task CloseAsync()
    {
        await _saving;
        if (stream.HasState)
        {
            Save();
            await _saving;
        }
    }

    private void Save()
    {
        (_savedAt, _savedPosition) = (time.GetTimestamp(), stream.Position);
        var checkpoint = stream.Checkpoint();
        _saving = Task.Run(() => checkpoint.TrySave(path));
    }
}
