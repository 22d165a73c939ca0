using System.Net;
using EdgeCache.Load.Data;

namespace EdgeCache.Load.Client;

/// <summary>A request as it goes onto the wire, and what must come back: a 2xx status and exactly this body.</summary>
/// <param name="Wire">Request line and headers, with the empty line, and the body of a small upload.</param>
/// <param name="BodyLength">The expected length of the body in bytes; -1 when it is not known.</param>
/// <param name="Content">The sequence the body is taken from, for verification; null when it is not known.</param>
/// <param name="Offset">Where in the sequence the body starts.</param>
internal sealed record PreparedRequest(byte[] Wire, long BodyLength, SeededBytes? Content, long Offset)
{
    /// <summary>Whether the answer has no body whatever its Content-Length says: a HEAD.</summary>
    public bool HeadOnly { get; init; }
}

/// <summary>What one run of the client does.</summary>
internal sealed record LoadPlan
{
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>The requests, taken in turn and again from the start.</summary>
    public required IReadOnlyList<PreparedRequest> Requests { get; init; }

    /// <summary>How many connections; each has at most one request under way.</summary>
    public required int Connections { get; init; }

    /// <summary>The end of a run without <see cref="RequestLimit"/>; the longest time that a run with one may take.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The run ends when this many requests are answered; null: when <see cref="Duration"/> is over.</summary>
    public long? RequestLimit { get; init; }

    /// <summary>
    /// Requests per second of an open loop: each has its time, and its latency counts from that time even if no connection was free to send
    /// it. Null: a closed loop, in which each connection sends its next request when the last one is answered.
    /// </summary>
    public double? Rate { get; init; }

    /// <summary>Called once, on the client's thread, when the first byte of an answer has come.</summary>
    public Action? FirstByte { get; init; }

    /// <summary>Reads bodies and compares them instead of having the kernel drop them.</summary>
    public bool Verify { get; init; }
}
