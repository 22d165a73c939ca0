using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EdgeCache.Load.Servers;

namespace EdgeCache.Load.Scenarios;

/// <summary>
/// What an upload can't do without, alone: writing the bytes durably (<c>dd conv=fsync</c>, with direct zeros) and their MD5, which is the ETag. Both
/// in seconds for a number of bytes.
/// </summary>
internal static class DiskAndDigest
{
    private const int Block = 1 << 20;

    /// <summary>Has dd write <paramref name="size"/> bytes, a multiple of a MiB, to a file that is removed again.</summary>
    public static async Task<double> WriteAsync(string directory, long size, CancellationToken cancellation)
    {
        var file = Path.Combine(directory, "dd.bytes");
        var start = new ProcessStartInfo("dd") { RedirectStandardError = true };
        foreach (var argument in (string[])["if=/dev/zero", $"of={file}", "bs=1M", string.Create(CultureInfo.InvariantCulture, $"count={size / Block}"), "conv=fsync"])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            var begun = Stopwatch.GetTimestamp();
            using var process = Process.Start(start) ?? throw new ServerException("dd did not start");
            var said = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(begun).TotalSeconds : throw new ServerException($"dd: {said}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The MD5 of <paramref name="size"/> bytes, shared among <paramref name="threads"/>.</summary>
    public static async Task<double> DigestAsync(byte[] block, long size, int threads)
    {
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() => RepeatedContent.Digest(block, size / threads))));
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}

/// <summary>A body that repeats one block, so that it costs its sender next to nothing.</summary>
internal sealed class RepeatedContent : HttpContent
{
    private readonly byte[] _block;
    private readonly long _length;

    public RepeatedContent(byte[] block, long length)
    {
        (_block, _length) = (block, length);
        Headers.ContentLength = length;
    }

    /// <summary>The MD5 of such a body.</summary>
    public static byte[] Digest(byte[] block, long length)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (var left = length; left > 0; left -= Math.Min(left, block.Length))
        {
            md5.AppendData(block, 0, (int)Math.Min(left, block.Length));
        }

        return md5.GetHashAndReset();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
    {
        for (var left = _length; left > 0; left -= Math.Min(left, _block.Length))
        {
            await stream.WriteAsync(_block.AsMemory(0, (int)Math.Min(left, _block.Length)));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
