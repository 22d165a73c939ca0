using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace EdgeCache.Origin.ControlPlane;

/// <summary>The deployment's operator, as a parameter of a handler: the request carries the operator's token.</summary>
internal sealed class OperatorCaller : IBindableFromHttpContext<OperatorCaller>, IEndpointParameterMetadataProvider
{
    private OperatorCaller()
    {
    }

    public static ValueTask<OperatorCaller?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        context.RequestServices.GetRequiredService<ApiAuthentication>().RequireOperator(context);
        return ValueTask.FromResult<OperatorCaller?>(new OperatorCaller());
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(TokenRequirement.Operator);
}
