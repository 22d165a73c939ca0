using System.Text.RegularExpressions;

namespace EdgeCache.Edge.Storage;

/// <summary>
/// Which mount a directory is on. A drive that was unmounted leaves an empty directory behind, which is on another file system: to write there
/// would fill the system's disk.
/// </summary>
internal static partial class MountPoint
{
    private const string Table = "/proc/self/mountinfo";
    private const int PointField = 4;

    /// <summary>The mount point above an absolute path; empty where the system does not tell.</summary>
    public static string Of(string path)
    {
        try
        {
            var found = string.Empty;
            foreach (var line in File.ReadLines(Table))
            {
                var fields = line.Split(' ', PointField + 2);
                var point = fields.Length > PointField ? Octal().Replace(fields[PointField], static m => ((char)Convert.ToInt32(m.Value[1..], 8)).ToString()) : "";
                if (point.Length >= found.Length && IsAbove(point, path))
                    found = point;
            }

            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static bool IsAbove(string point, string path) =>
        path.StartsWith(point, StringComparison.Ordinal) && (path.Length == point.Length || point.EndsWith('/') || path[point.Length] == '/');

    // Blanks and the like in a mount point, see proc_pid_mountinfo(5).
    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex Octal();
}
