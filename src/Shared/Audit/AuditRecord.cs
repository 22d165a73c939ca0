using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.Audit;

/// <summary>
/// One request of the control plane's API or of S3, as it is written to the audit log of an organization. It has no member for anything
/// secret: no header, query or body is taken over but what <see cref="AuditParameters"/> names.
/// </summary>
public sealed record AuditRecord
{
    /// <summary>Where it was made.</summary>
    public required AuditPlane Plane { get; init; }

    /// <summary>The organization whose log it belongs to: the bucket's owner, or the caller's for what is above buckets and for the control plane.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>When the request was complete.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The IAM action, e.g. <c>s3:GetObject</c> or <c>cwobject:CreateAccessKey</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The API operation, e.g. <c>HeadObject</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Who asked; null when the request did not prove it.</summary>
    public Principal? Principal { get; init; }

    /// <summary>The access key's id, or the id of the API token; null for anonymous requests and for ids that do not exist.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The client's address, behind an edge too.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>The host that the client asked.</summary>
    public string? Host { get; init; }

    /// <summary>The bucket; null where none is concerned.</summary>
    public string? Bucket { get; init; }

    /// <summary>The object's key; null where none is concerned.</summary>
    public string? Key { get; init; }

    /// <summary>The version id that the request names.</summary>
    public string? VersionId { get; init; }

    /// <summary>The id that the answer carried.</summary>
    public required string RequestId { get; init; }

    /// <summary>The status answered.</summary>
    public required int Status { get; init; }

    /// <summary>The error code answered; null on success.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What was decided; null when the request failed before it was.</summary>
    public AccessDecision? Decision { get; init; }

    /// <summary>Bytes of objects received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes of objects sent, up to the piece that was about to be handed to the network.</summary>
    public long BytesSent { get; init; }

    /// <summary>The bucket's home region, or that of the control plane.</summary>
    public string? Region { get; init; }

    /// <summary>Who answered: <c>origin/ORD1</c> or <c>edge/LGA1</c>.</summary>
    public required string ServedBy { get; init; }

    /// <summary>The edge that passed the request on to the origin that answered.</summary>
    public string? Via { get; init; }

    /// <summary>That edge's own id of the request: in the edge's record, where it got no answer from the origin and answered itself.</summary>
    public string? ViaRequestId { get; init; }

    /// <summary>Other parameters of the operation.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];
}
