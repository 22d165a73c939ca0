namespace EdgeCache.Load.Commands;

/// <summary>Prints progress at once and in order, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class ConsoleLines : IProgress<string>
{
    public void Report(string value) => Console.WriteLine(value);
}
