namespace EdgeCache.Origin.ControlPlane;

/// <summary>
/// Endpoints of the control plane's API on one theme. Register the class with <see cref="ControlPlaneServices.AddApiEndpoints"/>; the API maps
/// all that are registered. Handlers are minimal-API methods whose first parameter is the <see cref="ApiCaller"/> (or
/// <see cref="OperatorCaller"/>), whose body is an <see cref="ApiBody{T}"/>, and which refuse by throwing an <see cref="ApiException"/>.
/// </summary>
internal interface IApiEndpoints
{
    /// <summary>Adds the endpoints, each with a name (<c>WithName</c>), a summary and examples (<see cref="EndpointDescriptions"/>).</summary>
    void Map(IEndpointRouteBuilder api);
}
