using System.Globalization;
using EdgeCache.Shared.Http;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace EdgeCache.Transport.Tests;

/// <summary>A file of random bytes, and a request delegate that serves it: whole or a range, as regions where the connection can.</summary>
internal sealed class TestFile : IDisposable
{
    private readonly TempDirectory _directory = new();

    public TestFile(int length, int seed)
    {
        Bytes = new byte[length];
        new Random(seed).NextBytes(Bytes);
        Path = System.IO.Path.Combine(_directory.Path, "file");
        File.WriteAllBytes(Path, Bytes);
        Handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    public byte[] Bytes { get; }

    public string Path { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>The length of the regions; what is left over between them is written.</summary>
    public int RegionLength { get; init; } = FileRegions.MaxLength;

    /// <summary>Whether the last request was served by regions.</summary>
    public bool UsedRegions { get; private set; }

    /// <summary>What the sender said after the last region.</summary>
    public FileRegionFault Fault { get; private set; }

    /// <summary>Whether the last body was flushed to its end.</summary>
    public bool IsComplete { get; private set; }

    public async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        IsComplete = false;
        var outcome = RangeHeader.Resolve(context.Request.Headers.Range, Bytes.Length, out var range);
        var (offset, length) = outcome == RangeOutcome.Partial ? (range.Offset, range.Length) : (0L, Bytes.Length);
        if (outcome == RangeOutcome.Partial)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{Bytes.Length}");
        }

        if (!context.Request.Query.ContainsKey("chunked"))
        {
            response.ContentLength = length;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await response.StartAsync(context.RequestAborted);
        var sender = FileRegions.SenderOf(context);
        UsedRegions = sender is not null;
        if (sender is null)
        {
            IsComplete = await FileRegions.CopyAsync(response.BodyWriter, Handle, offset, length, context.RequestAborted);
            return;
        }

        while (length > 0)
        {
            var count = (int)Math.Min(length, RegionLength);
            var isSent = await sender.SendAsync(response.BodyWriter, Handle, offset, count, broken: null, context.RequestAborted);
            Fault = sender.Fault;
            if (!isSent)
            {
                return;
            }

            (offset, length) = (offset + count, length - count);
        }

        IsComplete = true;
    }

    public void Dispose()
    {
        Handle.Dispose();
        _directory.Dispose();
    }
}
