using System.Diagnostics;

namespace EdgeCache.Load.Servers;

/// <summary>The built programs of the product in the repository that this program was built from.</summary>
internal sealed record ProductPrograms(string Origin, string Edge)
{
    private const string Solution = "EdgeCache.sln";

    /// <summary>The product's version, with the commit it was built from.</summary>
    public string Version => FileVersionInfo.GetVersionInfo(Edge).ProductVersion ?? "unknown";

    /// <summary>Finds them; throws <see cref="ServerException"/> when they are not built.</summary>
    public static ProductPrograms Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);

        // bin/<configuration>/<framework>/ : the product was built alike, by the reference from this project.
        var (framework, configuration) = (directory.Name, directory.Parent!.Name);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, Solution)))
        {
            directory = directory.Parent;
        }

        if (directory is null)
        {
            throw new ServerException($"no {Solution} above {AppContext.BaseDirectory}");
        }

        return new ProductPrograms(Program("Origin"), Program("Edge"));

        string Program(string name)
        {
            var path = Path.Combine(directory.FullName, "src", name, "bin", configuration, framework, $"EdgeCache.{name}.dll");
            return File.Exists(path) ? path : throw new ServerException($"{path} is not built");
        }
    }
}
