namespace EdgeCache.Origin.Hosting;

/// <summary>How often the control plane's API may be called; each between 1 and <see cref="Highest"/>. Above it, the answer is 429 with Retry-After.</summary>
public sealed class ControlPlaneLimitOptions
{
    /// <summary>The highest value of any of these.</summary>
    public const int Highest = 60_000;

    /// <summary>Requests of any kind from one address.</summary>
    public int RequestsPerMinute { get; set; } = 6_000;

    /// <summary>Wrong tokens from one address, after which no token from there is looked at.</summary>
    public int WrongTokensPerMinute { get; set; } = 60;

    /// <summary>Credentials (access keys, tokens) handed out for one API token.</summary>
    public int CredentialsPerMinuteAndToken { get; set; } = 600;

    /// <summary>Credentials handed out to one address, and attempts at them.</summary>
    public int CredentialsPerMinuteAndAddress { get; set; } = 1_200;

    internal IEnumerable<(string Name, int Value)> All =>
    [
        (nameof(RequestsPerMinute), RequestsPerMinute),
        (nameof(WrongTokensPerMinute), WrongTokensPerMinute),
        (nameof(CredentialsPerMinuteAndToken), CredentialsPerMinuteAndToken),
        (nameof(CredentialsPerMinuteAndAddress), CredentialsPerMinuteAndAddress),
    ];
}
