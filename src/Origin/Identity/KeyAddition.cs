namespace EdgeCache.Origin.Identity;

/// <summary>What became of an access key that was to be added.</summary>
internal enum KeyAddition
{
    /// <summary>It may be used.</summary>
    Added,

    /// <summary>Its id exists; nothing was changed.</summary>
    IdTaken,

    /// <summary>There is no such organization, or it is suspended.</summary>
    OrganizationUnavailable,

    /// <summary>The API token that asked for it was revoked or has expired meanwhile.</summary>
    TokenEnded,

    /// <summary>The organization has <see cref="AccessKeyStore.MaxPermanent"/> permanent keys.</summary>
    TooManyKeys,
}
