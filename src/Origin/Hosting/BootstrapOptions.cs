namespace EdgeCache.Origin.Hosting;

/// <summary>The first organization with its credentials, and optionally further ones; each is made if it is absent from the identity database.</summary>
public sealed class BootstrapOptions
{
    /// <summary>The first organization's id.</summary>
    public string OrganizationId { get; set; } = "default";

    /// <summary>The access key id of its first key; none is made when empty.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>The secret of its first key.</summary>
    public string? SecretKey { get; set; }

    /// <summary>A bearer token for the control plane's API; none is made when empty.</summary>
    public string? ApiToken { get; set; }

    /// <summary>The operator's token, which manages organizations; it replaces the one before it. None is made when empty.</summary>
    public string? OperatorToken { get; set; }

    /// <summary>Whether the organizations named here are made with an access policy that allows everything; without it, they deny everything at first.</summary>
    public bool AllowEverything { get; set; } = true;

    /// <summary>Further organizations, each with one key of full access, e.g. for test suites that need several tenants.</summary>
    public IList<BootstrapOrganization> Organizations { get; } = [];
}

/// <summary>A further organization to make at the first start.</summary>
public sealed class BootstrapOrganization
{
    /// <summary>The organization's id.</summary>
    public string Id { get; set; } = string.Empty;

    /// <summary>The name that listings show as its display name; the id when empty.</summary>
    public string? DisplayName { get; set; }

    /// <summary>The access key id of its key.</summary>
    public string AccessKeyId { get; set; } = string.Empty;

    /// <summary>The secret of its key.</summary>
    public string SecretKey { get; set; } = string.Empty;

    /// <summary>A bearer token for the control plane's API; none is made when empty.</summary>
    public string? ApiToken { get; set; }
}
