namespace EdgeCache.Load.Client;

/// <summary>What one run of the client saw. For the client's own thread until the run is over.</summary>
internal sealed class LoadResult
{
    private const int MaxErrorText = 400;

    /// <summary>From the first request to the end of the run.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Answers with the expected status, length and, if verified, content.</summary>
    public long Requests { get; set; }

    /// <summary>Body bytes received, of answers that did not end before the run did too.</summary>
    public long Bytes { get; set; }

    /// <summary>Answers with another status or length, broken connections, and bodies that differ.</summary>
    public long Errors { get; private set; }

    /// <summary>Of an open loop: requests that were due but neither sent nor answered when the run ended; their latency so far is counted.</summary>
    public long Unanswered { get; set; }

    /// <summary>The first error in words.</summary>
    public string? FirstError { get; private set; }

    /// <summary>From sending (open loop: from when it was due) to the last byte.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>From sending (open loop: from when it was due) to the first byte of the answer.</summary>
    public LatencyHistogram FirstByte { get; } = new();

    /// <summary>This result, with the bytes and errors of another client that ran beside it.</summary>
    public LoadResult With(LoadResult beside)
    {
        Bytes += beside.Bytes;
        Errors += beside.Errors;
        FirstError ??= beside.FirstError;
        return this;
    }

    public void AddError(string text)
    {
        Errors++;
        FirstError ??= text.Length > MaxErrorText ? text[..MaxErrorText] : text;
    }
}
