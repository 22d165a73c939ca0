using EdgeCache.Origin.Authorization;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Origin.Operations;

/// <summary>An authorised request on its way through an operation.</summary>
internal sealed class OperationContext(S3Exchange exchange, AuthorizedRequest authorized, OriginServices services)
{
    public S3Exchange Exchange => exchange;

    public AuthorizedRequest Authorized => authorized;

    public OriginServices Services => services;

    public OriginCatalog Catalog => services.Catalog;

    public S3Request Request => authorized.Authenticated.Request;

    public S3Query Query => Request.Query;

    public Principal Principal => authorized.Authenticated.Principal;

    /// <summary>The bucket that the request addresses; only for operations below a bucket.</summary>
    public BucketRow Bucket => authorized.Bucket ?? throw new InvalidOperationException($"{Request.Operation} addresses no bucket.");

    public HttpResponse Response => exchange.Response;

    public CancellationToken Aborted => exchange.Aborted;

    /// <summary>Whether the client's own connection is encrypted, to an edge or to here.</summary>
    public bool IsSecure => authorized.Authenticated.Via?.IsSecure ?? exchange.Request.IsHttps;

    /// <summary>The <c>versionId</c> parameter; null when absent.</summary>
    public string? VersionId => Query.Get("versionId");

    /// <summary>Decides one more action of the request; AccessDenied when it is refused.</summary>
    public S3Error? Decide(in DecisionTarget target, RequestConditions? conditions = null) =>
        services.Authorizer.Decide(authorized.Basis, target, conditions);

    /// <summary>The same for one object of many, of which each has its record.</summary>
    public S3Error? Decide(in DecisionTarget target, BatchEntry entry)
    {
        var refused = services.Authorizer.Decide(authorized.Basis, target, out var decided);
        entry.Decided = decided;
        return refused;
    }

    /// <summary>The value of a request header as text; null when it is absent.</summary>
    public string? Header(string name) => exchange.Header(name) is { } value ? HttpSignedRequest.Decode(value) : null;

    /// <summary>Sets a response header.</summary>
    public void SetHeader(string name, string value) => exchange.Response.Headers[name] = value;

    /// <summary>Tells an edge at which feed position the change that it passed on was committed.</summary>
    public void Committed(long sequence)
    {
        if (authorized.Authenticated.Via is not null)
        {
            SetHeader(EdgeForwarding.SequenceHeader, sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Tells when a version that is current will end by the bucket's lifecycle rules.</summary>
    public void DescribeExpiration(VersionFacts current)
    {
        if (LifecycleSchedule.Describe(Bucket.Facts.Configurations.Lifecycle, current) is { } expiration)
        {
            SetHeader(LifecycleSchedule.Header, expiration);
        }
    }

    /// <summary>Tells the version id of what was made. The null version is not named: the bucket keeps no versions, or no more.</summary>
    public void SetNewVersionId(string versionId) => SetVersionId(versionId == "null" ? string.Empty : versionId);

    /// <summary>Tells the version id of what was read or deleted, in buckets that have any.</summary>
    public void SetVersionId(string versionId)
    {
        if (versionId.Length > 0)
        {
            SetHeader("x-amz-version-id", versionId);
        }
    }
}
