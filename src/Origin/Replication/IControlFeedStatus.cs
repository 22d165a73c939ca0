namespace EdgeCache.Origin.Replication;

/// <summary>How far this origin knows the control plane's changes.</summary>
internal interface IControlFeedStatus
{
    /// <summary>Whether every committed change is known within a second.</summary>
    bool IsLive { get; }

    /// <summary>How long nothing has been heard; zero on the control plane's host.</summary>
    TimeSpan Silence { get; }
}

/// <summary>The status on the control plane's host, where changes are applied as they are committed.</summary>
internal sealed class LocalControlFeedStatus : IControlFeedStatus
{
    public bool IsLive => true;

    public TimeSpan Silence => TimeSpan.Zero;
}
