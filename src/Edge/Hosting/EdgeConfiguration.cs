using EdgeCache.Shared.Processes;

namespace EdgeCache.Edge.Hosting;

/// <summary>From configuration to checked options.</summary>
internal static class EdgeConfiguration
{
    /// <summary>Binds and checks the section <see cref="EdgeOptions.SectionName"/>; a setting of an unknown name is an error too.</summary>
    /// <exception cref="StartupException">All that is wrong, in one line.</exception>
    public static EdgeOptions Bind(IConfiguration configuration)
    {
        var options = new EdgeOptions();
        try
        {
            configuration.GetSection(EdgeOptions.SectionName).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new StartupException($"bad option: {e.Message}{(e.InnerException is { } inner ? ": " + inner.Message : string.Empty)}", e);
        }

        var result = new EdgeOptionsValidator().Validate(null, options);
        return result.Succeeded ? options : throw new StartupException($"bad options: {string.Join("; ", result.Failures!)}");
    }

    public static void ConfigureLogging(ILoggingBuilder logging, IConfiguration configuration)
    {
        // The server's own log has a line per request at Information, with the signatures of presigned links: the pipeline logs requests, at Debug.
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // Nothing that passes this filter comes from there, but to be able to log at all the server makes an activity and a scope for each request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }
}
