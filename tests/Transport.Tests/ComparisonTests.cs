using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EdgeCache.Transport.Tests;

/// <summary>
/// Random requests, pipelined and read in random pieces, to a server over our transport and to one over the server's own: both must answer the same
/// bytes. EDGECACHE_SEED chooses the sequence, EDGECACHE_TRANSPORT_REQUESTS its length.
/// </summary>
public sealed class ComparisonTests
{
    private const int FileLength = 9_000_000;
    private const int MaxBurst = 6;

    [Fact]
    public async Task Our_transport_answers_as_the_servers_own_does()
    {
        var seed = Setting("EDGECACHE_SEED", Environment.TickCount);
        var requests = Setting("EDGECACHE_TRANSPORT_REQUESTS", 300);
        TestContext.Current.TestOutputHelper!.WriteLine($"EDGECACHE_SEED={seed}, {requests} requests");
        var random = new Random(seed);
        using var file = new TestFile(FileLength, seed) { RegionLength = random.Next(20_000, FileRegions.MaxLength) };
        await using var ours = await TestServer.StartAsync(file.ServeAsync);
        await using var plain = await TestServer.StartAsync(file.ServeAsync, isOurs: false);

        for (var done = 0; done < requests;)
        {
            var receiveBuffer = random.Next(2) == 0 ? 4096 : (int?)null;
            using var toOurs = await RawClient.ConnectAsync(ours.EndPoint, receiveBuffer);
            using var toPlain = await RawClient.ConnectAsync(plain.EndPoint);
            for (var bursts = random.Next(1, 5); bursts > 0; bursts--)
            {
                var burst = Enumerable.Range(0, random.Next(1, MaxBurst)).Select(_ => Request(random)).ToList();
                var text = string.Concat(burst.Select(static request => request.Text));
                await SendInPiecesAsync(toOurs, text, random);
                await toPlain.SendAsync(text);
                foreach (var (_, hasBody) in burst)
                {
                    var expected = await toPlain.ReadHeadAsync();
                    var actual = await toOurs.ReadHeadAsync();
                    Assert.Equal((expected.Status, expected.Length), (actual.Status, actual.Length));
                    if (hasBody)
                    {
                        Assert.Equal(await toPlain.ReadAsync(expected.Length), await ReadInPiecesAsync(toOurs, actual.Length, random));
                    }
                }

                done += burst.Count;
            }

            if (random.Next(3) == 0)
            {
                // One more, and gone in the middle of it.
                await toOurs.GetAsync();
                await toOurs.ReadAsync(random.Next(FileLength));
                toOurs.Reset();
            }
        }

        await BrokenOffTests.UntilAsync(() => ours.Transport!.Connections == 0);
    }

    private static (string Text, bool HasBody) Request(Random random)
    {
        var method = random.Next(8) == 0 ? "HEAD" : "GET";
        var text = new StringBuilder($"{method} / HTTP/1.1\r\nHost: test\r\n");
        if (random.Next(10) > 0)
        {
            var first = random.Next(FileLength);
            var length = random.Next(4) switch { 0 => random.Next(1, 2000), 1 => random.Next(1, 200_000), _ => random.Next(1, FileLength) };
            text.Append(CultureInfo.InvariantCulture, $"Range: bytes={first}-{Math.Min(FileLength, first + (long)length) - 1}\r\n");
        }

        return (text.Append("\r\n").ToString(), method == "GET");
    }

    private static async Task SendInPiecesAsync(RawClient client, string text, Random random)
    {
        for (var at = 0; at < text.Length;)
        {
            var count = Math.Min(text.Length - at, random.Next(1, 300));
            await client.SendAsync(text.Substring(at, count));
            at += count;
        }
    }

    private static async Task<byte[]> ReadInPiecesAsync(RawClient client, long length, Random random)
    {
        var body = new List<byte[]>();
        for (var left = length; left > 0;)
        {
            var piece = await client.ReadAsync(Math.Min(left, random.Next(1, 1 << 20)));
            if (piece.Length == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            body.Add(piece);
            left -= piece.Length;
        }

        return [.. body.SelectMany(static piece => piece)];
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
