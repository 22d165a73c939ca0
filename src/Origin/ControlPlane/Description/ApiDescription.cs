using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EdgeCache.Origin.ControlPlane.Description;

/// <summary>The API's own description, an OpenAPI document made from the endpoints as they are mapped.</summary>
internal static class ApiDescription
{
    /// <summary>Where the document is served, open to everyone: it holds nothing that the product's documentation doesn't.</summary>
    public const string Path = "/openapi.json";

    private const string ErrorSchema = "ApiError";
    private const string Json = "application/json";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(static options =>
    {
        options.ShouldInclude = static endpoint => endpoint.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer(DescribeDocument);
        options.AddOperationTransformer(DescribeOperationAsync);
        options.AddSchemaTransformer(DescribeSchemaAsync);
    });

    public static void MapApiDescription(this IEndpointRouteBuilder api) => api.MapOpenApi(Path);

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "EdgeCache control plane",
            Version = "v1",
            Description = "Access keys, tokens, policies, buckets and organizations. Every error answer is an ApiError; its request id is in the header x-request-id too.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [TokenRequirement.Api.Scheme] = Bearer("An API token of the organization."),
            [TokenRequirement.Operator.Scheme] = Bearer("The operator's token."),
        };
        return Task.CompletedTask;
    }

    private static OpenApiSecurityScheme Bearer(string description) => new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };

    private static async Task DescribeOperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var token = metadata.OfType<TokenRequirement>().FirstOrDefault();
        if (token is not null)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(token.Scheme, document)] = [] }];
        }

        operation.Tags = new HashSet<OpenApiTagReference>();
        if (metadata.OfType<EndpointExample>().FirstOrDefault() is { } example)
        {
            SetExample(operation.RequestBody?.Content, example.Body);
            SetExample(operation.Responses?["200"].Content, example.Answer);
        }

        document.AddComponent(ErrorSchema, await context.GetOrCreateSchemaAsync(typeof(ApiError), null, cancellationToken));
        operation.Responses ??= [];
        foreach (var status in ErrorsOf(operation, token is not null))
        {
            var (code, message) = ApiErrorCode.Of(status);
            operation.Responses[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = message,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Json] = new()
                    {
                        Schema = new OpenApiSchemaReference(ErrorSchema, document),
                        Example = new JsonObject { ["code"] = code, ["message"] = message, ["requestId"] = "0d9c1f6a7a8c4d0e9b1f2a3b4c5d6e7f" },
                    },
                },
            };
        }
    }

    private static IEnumerable<int> ErrorsOf(OpenApiOperation operation, bool needsToken)
    {
        var hasBody = operation.RequestBody is not null;
        if (hasBody || operation.Parameters?.Count > 0)
        {
            yield return StatusCodes.Status400BadRequest;
        }

        if (needsToken)
        {
            yield return StatusCodes.Status401Unauthorized;
            yield return StatusCodes.Status403Forbidden;
        }

        if (operation.Parameters?.Any(static p => p.In == ParameterLocation.Path) == true || hasBody)
        {
            yield return StatusCodes.Status404NotFound;
        }

        if (hasBody)
        {
            yield return StatusCodes.Status409Conflict;
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
        }

        yield return StatusCodes.Status429TooManyRequests;
        yield return StatusCodes.Status500InternalServerError;
    }

    private static void SetExample(IDictionary<string, OpenApiMediaType>? content, JsonNode? example)
    {
        if (example is not null && content?.TryGetValue(Json, out var media) == true)
        {
            media.Example = example.DeepClone();
        }
    }

    private static async Task DescribeSchemaAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescribedByAttribute), inherit: false) is not [DescribedByAttribute described])
        {
            return;
        }

        var shape = await context.GetOrCreateSchemaAsync(described.Type, null, cancellationToken);
        if (context.JsonPropertyInfo.PropertyType == typeof(System.Text.Json.JsonElement))
        {
            (schema.Type, schema.Properties, schema.Required) = (shape.Type, shape.Properties, shape.Required);
        }
        else
        {
            schema.Items = shape;
        }
    }
}
