using EdgeCache.Shared.Processes;

namespace EdgeCache.Origin.Hosting;

/// <summary>From configuration to checked options.</summary>
internal static class OriginConfiguration
{
    /// <summary>Binds and checks the section <see cref="OriginOptions.SectionName"/>; a setting of an unknown name is an error too.</summary>
    /// <exception cref="StartupException">All that is wrong, in one line.</exception>
    public static OriginOptions Bind(IConfiguration configuration)
    {
        var options = new OriginOptions();
        try
        {
            configuration.GetSection(OriginOptions.SectionName).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new StartupException($"bad option: {e.Message}{(e.InnerException is { } inner ? ": " + inner.Message : string.Empty)}", e);
        }

        var result = new OriginOptionsValidator().Validate(null, options);
        return result.Succeeded ? options : throw new StartupException($"bad options: {string.Join("; ", result.Failures!)}");
    }

    public static void ConfigureLogging(ILoggingBuilder logging, IConfiguration configuration)
    {
        // The server's own log has a line per request at Information: the pipeline logs requests, at Debug.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told once, by whoever started the server.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }
}
