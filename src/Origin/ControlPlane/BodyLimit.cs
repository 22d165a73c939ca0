using Microsoft.AspNetCore.Http.Metadata;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>Endpoint metadata: the largest request body of the endpoint, in bytes, where it isn't <see cref="ApiPipeline.MaxBodyBytes"/>.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
