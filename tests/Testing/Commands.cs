using System.ComponentModel;
using System.Diagnostics;

namespace EdgeCache.Testing;

/// <summary>Runs the system's own programs.</summary>
internal static class Commands
{
    /// <summary>Runs one to its end; false when it fails, or there is no such program.</summary>
    public static bool Run(string program, params string[] arguments) => Run(out _, program, arguments);

    /// <summary>The same, with what it printed.</summary>
    public static bool Run(out string output, string program, params string[] arguments)
    {
        output = string.Empty;
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd();
            errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
