namespace EdgeCache.Origin.ControlPlane;

/// <summary>The shape of JSON that is passed on as it is, for the API's description.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DescribedByAttribute(Type type) : Attribute
{
    public Type Type => type;
}
