namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>The built programs, which the project references put beside the tests.</summary>
internal static class Assemblies
{
    public static string Standalone => Beside("EdgeCache.Standalone.dll");

    public static string Origin => Beside("EdgeCache.Origin.dll");

    public static string Edge => Beside("EdgeCache.Edge.dll");

    public static string Load => Beside("EdgeCache.Load.dll");

    private static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);
}
