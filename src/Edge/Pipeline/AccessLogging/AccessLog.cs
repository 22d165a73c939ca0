using System.Diagnostics.Metrics;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Pipeline.AccessLogging;

/// <summary>
/// One line for each S3 request. Requests copy their line into a buffer and go on; a thread of its own writes what has gathered, every
/// <see cref="WriteInterval"/> or when a buffer is half full. When the disk is slower than the requests, lines are left out and counted: nothing waits for
/// the log, and its memory is bounded. What was gathered when the process is killed is lost.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the end waits for the last lines to be written.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly AccessLogFile _file;
    private readonly ILogger<AccessLog> _logger;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _gathering;
    private byte[] _writing;
    private int _length;
    private int _lines;
    private volatile bool _reopen;
    private volatile bool _ending;
    private bool _failing;
    private long _written;
    private long _dropped;
    private long _failed;

    private AccessLog(AccessLogOptions options, IMeterFactory meters, ILogger<AccessLog> logger)
    {
        _logger = logger;
        _file = new AccessLogFile(options.Path, ByteSize.Parse(options.MaxFileSize), options.MaxFiles);
        var half = (int)(ByteSize.Parse(options.MaxPending) / 2);
        (_gathering, _writing) = (new byte[half], new byte[half]);
        meters.Create(EdgeMetrics.MeterName).CreateObservableCounter(
            "edgecache.edge.access_log.lines", Count, "{line}", "Lines of the access log: written, dropped since too many waited, or failed to be written.");
    }

    /// <summary>Lines that are in the file.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Lines that were left out because too many waited.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Lines that could not be written.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Opens the log; null when the settings ask for none.</summary>
    /// <exception cref="StartupException">The file can't be written to.</exception>
    public static AccessLog? Open(AccessLogOptions options, IMeterFactory meters, ILoggerFactory loggers)
    {
        if (options.Path.Length == 0)
        {
            return null;
        }

        var log = new AccessLog(options, meters, loggers.CreateLogger<AccessLog>());
        try
        {
            log._file.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot write the access log: {e.Message}", e);
        }

        new Thread(log.Run) { IsBackground = true, Name = "access log" }.Start();
        return log;
    }

    /// <summary>Takes a line, which is copied.</summary>
    /// <param name="line">With its end.</param>
    public void Append(ReadOnlySpan<byte> line)
    {
        bool isHalfFull;
        lock (_gate)
        {
            if (line.Length > _gathering.Length - _length)
            {
                _dropped++;
                return;
            }

            var wasHalfFull = _length > _gathering.Length / 2;
            line.CopyTo(_gathering.AsSpan(_length));
            _length += line.Length;
            _lines++;
            isHalfFull = !wasHalfFull && _length > _gathering.Length / 2;
        }

        if (isHalfFull)
        {
            _wake.Release();
        }
    }

    /// <summary>Has the file closed and opened by its name again, for those who moved it away.</summary>
    public void Reopen()
    {
        _reopen = true;
        _wake.Release();
    }

    /// <summary>Writes what has gathered, within a bound, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _ending = true;
        _wake.Release();
        await _ended.Task.WaitAsync(EndTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Run()
    {
        while (!_ending)
        {
            _wake.Wait(WriteInterval);
            Write();
        }

        Write();
        _file.Dispose();
        _ended.SetResult();
    }

    private void Write()
    {
        int length, lines;
        lock (_gate)
        {
            (_gathering, _writing) = (_writing, _gathering);
            (length, lines) = (_length, _lines);
            (_length, _lines) = (0, 0);
        }

        if (_reopen)
        {
            _reopen = false;
            _file.Close();
        }

        if (length == 0)
        {
            return;
        }

        try
        {
            _file.Append(_writing.AsSpan(0, length));
            Volatile.Write(ref _written, _written + lines);
            _failing = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever is wrong with the file, the next lines try a new one.
            _file.Close();
            Volatile.Write(ref _failed, _failed + lines);
            if (!_failing)
            {
                AccessLogMessages.NotWritten(_logger, e, lines);
            }

            _failing = true;
        }
    }

    private Measurement<long>[] Count() =>
    [
        new(Written, new KeyValuePair<string, object?>("outcome", "written")),
        new(Dropped, new KeyValuePair<string, object?>("outcome", "dropped")),
        new(Failed, new KeyValuePair<string, object?>("outcome", "failed")),
    ];
}
