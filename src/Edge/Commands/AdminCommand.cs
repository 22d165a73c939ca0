using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeCache.Edge.Commands;

/// <summary>
/// <c>admin</c>: the command line over an edge's admin API. Results go to standard output, as text or with <c>--json</c> as JSON lines; what went wrong
/// goes to standard error in one line.
/// </summary>
internal static class AdminCommand
{
    private const string TokenVariable = "EDGECACHE_ADMIN_TOKEN";
    private const string UrlVariable = "EDGECACHE_ADMIN_URL";

    private static readonly Option<string> Url = new("--url")
    {
        Description = $"the edge's admin listener (or {UrlVariable})",
        Recursive = true,
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable(UrlVariable) ?? "http://127.0.0.1:9100",
    };

    private static readonly Option<FileInfo?> TokenFile = new("--token-file") { Description = $"a file with the admin token (or {TokenVariable})", Recursive = true };

    private static readonly Option<bool> Json = new("--json") { Description = "print JSON, a document per line", Recursive = true };

    /// <summary>Runs the command; the arguments are those after <c>admin</c>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Administers a running edge: warms, shows, pins and purges what it has cached, and drains it.")
        {
            WarmCommand.Create(),
            WarmCommand.CreateJobs(),
            WarmCommand.CreateCancel(),
            CacheCommands.CreateResidency(),
            CacheCommands.CreatePurge(),
            CacheCommands.CreatePin(),
            CacheCommands.CreateUnpin(),
            CacheCommands.CreatePins(),
            DrainCommands.CreateDrain(),
            DrainCommands.CreateUndrain(),
        };
        root.Options.Add(Url);
        root.Options.Add(TokenFile);
        root.Options.Add(Json);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"edgecache-edge admin: {parsed.Errors[0].Message} (see admin --help)");
            return ExitCode.Failure;
        }

        return await parsed.InvokeAsync();
    }

    /// <summary>Gives a command its action: what it does with the edge, whose failures become one line and an exit code.</summary>
    public static Command Does(this Command command, Func<ParseResult, AdminClient, AdminOutput, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var client = Open(parsed);
                return await action(parsed, client, new AdminOutput(parsed.GetValue(Json)), cancellationToken);
            }
            catch (AdminCommandException e)
            {
                await Console.Error.WriteLineAsync($"edgecache-edge admin: {e.Message}");
                return ExitCode.Failure;
            }
        });
        return command;
    }

    private static AdminClient Open(ParseResult parsed)
    {
        var text = parsed.GetValue(Url)!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new AdminCommandException($"'{text}' is not the URL of an admin listener");
        }

        return new AdminClient(url, ReadToken(parsed.GetValue(TokenFile)));
    }

    private static string ReadToken(FileInfo? file)
    {
        try
        {
            return file is not null ? File.ReadAllText(file.FullName).Trim()
                : Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token.Trim()
                : throw new AdminCommandException($"an admin token is needed: --token-file, or the variable {TokenVariable}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdminCommandException($"can't read the token: {e.Message}");
        }
    }
}

/// <summary>Where results go.</summary>
/// <param name="json">As JSON.</param>
internal sealed class AdminOutput(bool json)
{
    public bool IsJson => json;

    /// <summary>Writes a result: the document, or what <paramref name="text"/> makes of it.</summary>
    public void Write<T>(T document, JsonTypeInfo<T> type, Func<T, IEnumerable<string>> text)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, type));
            return;
        }

        foreach (var line in text(document))
        {
            Console.Out.WriteLine(line);
        }
    }
}
