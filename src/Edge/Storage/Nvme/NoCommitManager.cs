using FASTER.core;

namespace EdgeCache.Edge.Storage.Nvme;

/// <summary>For a log whose extent is kept elsewhere: the chunk journal knows every record of the payload log.</summary>
internal sealed class NoCommitManager : ILogCommitManager
{
    /// <inheritdoc/>
    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    /// <inheritdoc/>
    public byte[]? GetCommitMetadata(long commitNum) => null;

    /// <inheritdoc/>
    public IEnumerable<long> ListCommits() => [];

    /// <inheritdoc/>
    public void RemoveCommit(long commitNum)
    {
    }

    /// <inheritdoc/>
    public void RemoveAllCommits()
    {
    }

    /// <inheritdoc/>
    public void OnRecovery(long commitNum)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
