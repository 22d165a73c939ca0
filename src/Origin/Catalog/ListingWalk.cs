namespace EdgeCache.Origin.Catalog;

/// <summary>
/// What all listings share: a walk over keys in order that rolls keys up into common prefixes and, having met one, seeks behind it, so
/// that its cost is that of the page and not of the keys below its prefixes.
/// </summary>
internal sealed class ListingWalk
{
    private readonly string _prefix;
    private readonly string _delimiter;
    private readonly int _max;
    private int _entries;
    private string? _skip;
    private bool _isAtKey;

    /// <summary>Begins at the first key.</summary>
    /// <param name="prefix">Only keys that begin with this.</param>
    /// <param name="delimiter">Where keys are rolled up; empty for nowhere.</param>
    /// <param name="max">How many entries the page may have.</param>
    public ListingWalk(string prefix, string delimiter, int max)
    {
        (_prefix, _delimiter, _max) = (prefix, delimiter, max);
        From = prefix;
        End = KeyOrder.EndOfPrefix(prefix);
    }

    /// <summary>The common prefixes met.</summary>
    public List<string> CommonPrefixes { get; } = [];

    /// <summary>Whether an entry was met that the page has no room for.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The key or common prefix met last.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Whether <see cref="Last"/> is a common prefix.</summary>
    public bool LastIsPrefix { get; private set; }

    /// <summary>The key to go on from.</summary>
    public string From { get; private set; }

    /// <summary>Whether <see cref="From"/> itself is still to be visited.</summary>
    public bool IsInclusive { get; private set; } = true;

    /// <summary>An exclusive upper bound of the keys.</summary>
    public string End { get; }

    /// <summary>Whether a common prefix was met that the next seek begins behind.</summary>
    public bool IsSkipping => _skip is not null;

    /// <summary>How many rows a seek need return at most: the page and one more to know whether it is truncated.</summary>
    public int RowLimit => _max - _entries + 1;

    /// <summary>Begins behind a marker: behind all that is rolled up into it when it is a common prefix, else behind the key.</summary>
    public void StartAfter(string marker)
    {
        if (marker.Length == 0 || KeyOrder.Compare(marker, _prefix) < 0)
        {
            return;
        }

        if (marker.StartsWith(_prefix, StringComparison.Ordinal) && KeyOrder.RollUp(marker, _prefix, _delimiter) == marker)
        {
            From = KeyOrder.EndOfPrefix(marker);
            return;
        }

        (From, IsInclusive) = (marker, false);
    }

    /// <summary>Walks.</summary>
    /// <param name="seek">Visits rows from <see cref="From"/> in order, passing each row's key to <see cref="Visit"/> and stopping when that says so.</param>
    /// <param name="skim">
    /// The same for the keys that common prefixes begin with: behind a common prefix there is mostly another one. From <see cref="From"/> on, it visits the
    /// first key and, as long as keys are rolled up, each first one behind all that are rolled up with the one before, stopping when <see cref="Skim"/>
    /// says so; of <see cref="RowLimit"/> keys at most. Null: every common prefix takes a seek.
    /// </param>
    public void Run(Action<ListingWalk> seek, Action<ListingWalk>? skim = null)
    {
        if (_max <= 0)
        {
            return;
        }

        bool again;
        do
        {
            _skip = null;
            seek(this);
            again = _skip is not null && !IsTruncated;
            if (again)
            {
                (From, IsInclusive) = (KeyOrder.EndOfPrefix(_skip!), true);
                if (skim is not null)
                {
                    _isAtKey = false;
                    skim(this);
                    again = _isAtKey;
                }
            }
        }
        while (again);
    }

    /// <summary>Decides on a key that was found behind a common prefix: true to go on with the next. A key that stands for itself is where to seek from.</summary>
    public bool Skim(string key)
    {
        if (KeyOrder.RollUp(key, _prefix, _delimiter) is not null)
        {
            Visit(key);
            return !IsTruncated;
        }

        (From, IsInclusive, _isAtKey) = (key, true, true);
        return false;
    }

    /// <summary>Decides on a row: true when it is an entry of the page. False ends the seek: the page is full, or a common prefix begins.</summary>
    public bool Visit(string key)
    {
        if (_entries == _max)
        {
            IsTruncated = true;
            return false;
        }

        _entries++;
        if (KeyOrder.RollUp(key, _prefix, _delimiter) is { } rolled)
        {
            CommonPrefixes.Add(rolled);
            (Last, LastIsPrefix, _skip) = (rolled, true, rolled);
            return false;
        }

        (Last, LastIsPrefix) = (key, false);
        return true;
    }
}
