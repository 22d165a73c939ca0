using EdgeCache.Simulator.Workloads;

namespace EdgeCache.Simulator.Policies;

/// <summary>A cache of chunks that decides for itself what it keeps.</summary>
internal interface ICachePolicy
{
    /// <summary>Its name in the report.</summary>
    string Name { get; }

    /// <summary>What was written to the drive so far, in bytes.</summary>
    long BytesWritten { get; }

    /// <summary>Reads a chunk; true when it was there. A miss may store it.</summary>
    bool Read(in Access access);
}
