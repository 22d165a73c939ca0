using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using EdgeCache.Load.Client;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Load.Commands;

/// <summary><c>get</c>: reads one URL of a server that runs already, for instance under a profiler.</summary>
internal static class GetCommand
{
    private static readonly TimeSpan PresignedFor = TimeSpan.FromDays(1);

    public static Command Create()
    {
        var url = new Argument<Uri>("URL")
        {
            Description = "An http URL; its host must be an address or resolve to one.",
            CustomParser = static result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed) && parsed.Scheme == Uri.UriSchemeHttp)
                {
                    return parsed;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not an http URL.");
                return null;
            },
        };
        var connections = new Option<int>("--connections") { Description = "Connections.", DefaultValueFactory = _ => 1 }.Within(1, 4096);
        var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 5 }.Within(0.1, 86_400);
        var rate = new Option<double?>("--rate") { Description = "Requests per second as an open loop.", HelpName = "PER-SECOND" };
        var range = new Option<string?>("--range") { Description = "The Range header's value.", HelpName = "bytes=A-B" };
        var accessKey = new Option<string?>("--access-key") { Description = "Presign with this key.", HelpName = "ID" };
        var secretKey = new Option<string?>("--secret-key-file") { Description = "The file that holds the key's secret.", HelpName = "FILE" };
        var command = new Command("get", "Read one URL for a time.") { url, connections, seconds, rate, range, accessKey, secretKey };
        command.Validators.Add(result =>
        {
            if (result.GetResult(accessKey) is null != result.GetResult(secretKey) is null)
            {
                result.AddError("--access-key and --secret-key-file belong together.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var target = parsed.GetValue(url)!;
            if (parsed.GetValue(accessKey) is { } id)
            {
                var secret = (await File.ReadAllTextAsync(parsed.GetValue(secretKey)!, cancellation)).Trim();
                target = new SigV4Signer(id, secret, "us-east-1", TimeProvider.System).Presign(HttpMethod.Get, target, PresignedFor);
            }

            var plan = new LoadPlan
            {
                EndPoint = new IPEndPoint((await Dns.GetHostAddressesAsync(target.Host, cancellation))[0], target.Port),
                Requests = [Request(target, parsed.GetValue(range))],
                Connections = parsed.GetValue(connections),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Rate = parsed.GetValue(rate),
            };
            var result = await LoadClient.RunAsync(plan, cancellation);
            Console.WriteLine(Format(result));
            return result.Errors == 0 ? 0 : 1;
        });
        return command;
    }

    private static PreparedRequest Request(Uri target, string? range)
    {
        var rangeLine = range is null ? "" : $"Range: {range}\r\n";
        var head = $"GET {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n{rangeLine}\r\n";
        return new PreparedRequest(Encoding.ASCII.GetBytes(head), BodyLength: -1, Content: null, Offset: 0);
    }

    private static string Format(LoadResult result)
    {
        var seconds = result.Elapsed.TotalSeconds;
        string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F2", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{result.Bytes / seconds / 1e9:F3} GB/s  {result.Requests / seconds:F1} requests/s  ")
            + $"latency p50 {Milliseconds(result.Latency.Percentile(0.5))} p99 {Milliseconds(result.Latency.Percentile(0.99))} "
            + $"max {Milliseconds(result.Latency.Max)} ms  first byte p50 {Milliseconds(result.FirstByte.Percentile(0.5))} "
            + $"p99 {Milliseconds(result.FirstByte.Percentile(0.99))} ms  {result.Unanswered} unanswered  {result.Errors} errors"
            + (result.FirstError is null ? "" : $"\nthe first error: {result.FirstError}");
    }
}
