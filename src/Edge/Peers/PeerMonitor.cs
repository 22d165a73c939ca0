namespace EdgeCache.Edge.Peers;

/// <summary>
/// Keeps the <see cref="PeerSet"/>: asks whoever discovery names for his name, once a second. An answer makes a peer alive; none, or that of somebody else,
/// ends it. So a peer that comes back is found without a request having to try, and one that is gone often before a request has to wait for it.
/// </summary>
internal sealed class PeerMonitor(PeerSet peers, PeerDiscovery discovery, PeerClient client, TimeProvider time, ILogger<PeerMonitor> logger) : IDisposable
{
    private readonly Dictionary<Uri, Peer> _known = [];
    private readonly HashSet<Uri> _misnamed = [];
    private readonly SemaphoreSlim _round = new(1, 1);

    /// <summary>Checks once a second until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(PeerTimes.Hello, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CheckAsync(stopping);
        }
    }

    /// <summary>One round: at most as long as a resolution and one question may take.</summary>
    public async Task CheckAsync(CancellationToken stopping)
    {
        var isIn = false;
        try
        {
            await _round.WaitAsync(stopping);
            isIn = true;
            var addresses = (await discovery.FindAsync(stopping)).Where(a => a.Name != peers.Self).ToList();
            var names = await Task.WhenAll(addresses.Select(a => client.HelloAsync(a.Url, stopping)));
            foreach (var gone in _known.Keys.Except(addresses.Select(static a => a.Url)).ToList())
            {
                _known.Remove(gone);
            }

            foreach (var (address, name) in addresses.Zip(names))
            {
                if (address.Name is { } listed)
                {
                    // One that never answered is missed too.
                    _known.TryAdd(address.Url, new Peer(listed, address.Url, time));
                }

                Note(address, name);
            }

            // Two addresses of one edge count once.
            peers.All = [.. addresses.Select(a => _known.GetValueOrDefault(a.Url)).OfType<Peer>().DistinctBy(static p => p.Name).Take(PeerSet.MaxPeers)];
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The edge stops.
        }
        finally
        {
            if (isIn)
            {
                _round.Release();
            }
        }
    }

    public void Dispose() => _round.Dispose();

    private void Note(PeerAddress address, string? name)
    {
        var known = _known.GetValueOrDefault(address.Url);
        if (name is null)
        {
            // One that is too busy to tell its name, but sends bytes, is alive.
            if (known?.SilentFor >= PeerTimes.Silence)
            {
                client.Failed(known, "does not tell its name");
            }

            return;
        }

        if (name == peers.Self || (address.Name is { } expected && name != expected))
        {
            _known.Remove(address.Url);
            if (name != address.Name && address.Name is not null && _misnamed.Add(address.Url))
            {
                PeerLog.OtherName(logger, address.Url, name, address.Name);
            }

            return;
        }

        if (known?.Name != name)
        {
            _known[address.Url] = known = new Peer(name, address.Url, time);
        }

        if (known.Heard())
        {
            PeerLog.Alive(logger, name, address.Url);
        }
    }
}
