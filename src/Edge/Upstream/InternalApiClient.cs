using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeCache.Edge.Upstream;

/// <summary>Asks the API between tiers. One instance per admin listener. All failures are values.</summary>
internal sealed class InternalApiClient(HttpClient http, TimeProvider time, TimeSpan replyTimeout)
{
    /// <summary>The longest answer accepted, in bytes: facts of an object with 2 KiB of metadata and 10,000 part sizes, with room to spare.</summary>
    public const int MaxReplyBytes = 1 << 20;

    /// <summary>After a failure, callers that have something to fall back on do so at once for this long instead of waiting for a timeout each.</summary>
    private static readonly TimeSpan FailureMemory = TimeSpan.FromMilliseconds(500);

    private long _failedAt = long.MinValue;

    /// <summary>Whether the last question went unanswered a moment ago.</summary>
    public bool FailedRecently => Volatile.Read(ref _failedAt) is var at and not long.MinValue && time.GetElapsedTime(at) < FailureMemory;

    /// <summary>Asks for a JSON document. An answer 404 is <c>Found</c> false with no fault.</summary>
    public async Task<(UpstreamFault Fault, bool Found, T? Reply)> GetAsync<T>(
        string pathAndQuery, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(replyTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await http.GetAsync(pathAndQuery, HttpCompletionOption.ResponseContentRead, linked.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                Volatile.Write(ref _failedAt, long.MinValue);
                return (UpstreamFault.None, false, null);
            }

            if (!response.IsSuccessStatusCode)
            {
                return Fail<T>((int)response.StatusCode >= 500 ? UpstreamFault.Unreachable : UpstreamFault.Refused);
            }

            var reply = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(linked.Token), type);
            Volatile.Write(ref _failedAt, long.MinValue);
            return reply is null ? Fail<T>(UpstreamFault.Refused) : (UpstreamFault.None, true, reply);
        }
        catch (JsonException)
        {
            return Fail<T>(UpstreamFault.Refused);
        }
        catch (HttpRequestException)
        {
            return Fail<T>(UpstreamFault.Unreachable);
        }
        catch (IOException)
        {
            return Fail<T>(UpstreamFault.Unreachable);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Fail<T>(UpstreamFault.Unreachable);
        }
    }

    private (UpstreamFault Fault, bool Found, T? Reply) Fail<T>(UpstreamFault fault)
        where T : class
    {
        Volatile.Write(ref _failedAt, time.GetTimestamp());
        return (fault, false, null);
    }
}
