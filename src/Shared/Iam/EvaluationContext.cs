namespace EdgeCache.Shared.Iam;

/// <summary>A request while it is decided: what all statements are held against.</summary>
internal readonly ref struct EvaluationContext
{
    private readonly ref readonly AccessRequest _request;

    public EvaluationContext(ref readonly AccessRequest request, IamAction action, ReadOnlySpan<char> resource)
    {
        _request = ref request;
        Action = action;
        Resource = resource;
    }

    public ref readonly AccessRequest Request => ref _request;

    public IamAction Action { get; }

    /// <summary><c>bucket</c> or <c>bucket/key</c>; empty for what is above buckets, which only a resource <c>*</c> covers.</summary>
    public ReadOnlySpan<char> Resource { get; }

    public Principal Principal => _request.Principal;
}
