using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>
/// A request's body as a parameter of a handler, read from JSON as <see cref="ApiJson"/> says. Place it after the caller, so that nobody who is
/// not known learns what the body should look like.
/// </summary>
internal sealed class ApiBody<T>(T value) : IBindableFromHttpContext<ApiBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    public T Value => value;

    public static async ValueTask<ApiBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var request = context.Request;
        if (!request.HasJsonContentType() && !string.IsNullOrEmpty(request.ContentType))
        {
            var (code, message) = ApiErrorCode.Of(StatusCodes.Status415UnsupportedMediaType);
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, code, message);
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync<T>(request.Body, ApiJson.Options, context.RequestAborted);
            return new ApiBody<T>(body ?? throw ApiException.Invalid("The body must be a JSON object."));
        }
        catch (JsonException e)
        {
            throw ApiException.Invalid(ApiJson.Describe(e));
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
