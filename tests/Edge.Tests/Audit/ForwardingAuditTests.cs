using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using EdgeCache.Edge.Passthrough;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Tests.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.SigV4;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache.Edge.Tests.Audit;

/// <summary>What is passed on the origin records; what could not be passed on, and what it did not answer, the edge.</summary>
public sealed class ForwardingAuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_for_which_the_origin_can_not_be_reached_is_recorded_with_who_asked()
    {
        await using var cluster = await StartAsync(NobodyListens);
        var id = await AssertUnavailableAsync(cluster, cluster.Request(HttpMethod.Put, "/models/a%20b?x-id=PutObject"));

        var record = Assert.Single(cluster.AuditRecords());
        Assert.Equal(
            (id, 503, "ServiceUnavailable", "PutObject", "models", "a b"),
            (Text(record, "requestId"), record.GetProperty("status").GetInt32(), Text(record, "errorCode"), Text(record, "operation"), Text(record, "bucketName"),
                Text(record, "key")));
        Assert.Equal(
            ("acme", "static/AKACME", "AKACME", "ORD1", "edge/LGA1", "not-sent"),
            (Text(record, "organizationId"), Text(record, "principal"), Text(record, "accessKeyId"), Text(record, "region"), Text(record, "servedBy"),
                Text(record.GetProperty("parameters"), "forwarding")));
    }

    [Fact]
    public async Task The_directory_tells_whose_the_bucket_is_while_its_region_is_away()
    {
        await using var cluster = await StartAsync(NobodyListens);
        cluster.Ord.IsDown = true;
        cluster.Control.SetOrganization("other", static o => o with { Audit = new(ControlPlane: false, Buckets: true) });
        cluster.Control.Directory["of-other"] = new("of-other", "ORD1", "other", DateTimeOffset.UnixEpoch, cluster.Control.Feed.Position);
        await AssertUnavailableAsync(cluster, cluster.Request(HttpMethod.Delete, "/of-other/k"));
        Assert.Equal("other", Text(Assert.Single(cluster.AuditRecords()), "organizationId"));
    }

    [Fact]
    public async Task A_request_that_the_origin_did_not_answer_is_recorded_as_such_and_names_itself_to_the_origin()
    {
        await using var cluster = await StartAsync();
        string? named = null;
        cluster.Ord.OnPassedHead = context =>
        {
            named = context.Request.Headers[EdgeForwarding.RequestIdHeader];
            context.Abort();
            return Task.FromResult(true);
        };
        var request = cluster.Request(HttpMethod.Put, "/models/k");
        request.Headers.TryAddWithoutValidation(EdgeForwarding.RequestIdHeader, "forged");
        var id = await AssertUnavailableAsync(cluster, request);
        var record = Assert.Single(cluster.AuditRecords());
        Assert.Equal((id, "unanswered"), (Text(record, "requestId"), Text(record.GetProperty("parameters"), "forwarding")));
        Assert.Equal(id, named);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_recorded()
    {
        await using var cluster = await StartAsync(static s => s["Edge:Upstream:PassthroughActivityTimeout"] = "00:00:01");
        var answer = new TaskCompletionSource<bool>();
        cluster.Ord.OnPassedHead = _ => answer.Task;
        await AssertUnavailableAsync(cluster, cluster.Request(HttpMethod.Delete, "/models/k"));
        Assert.Equal("unanswered", Text(Assert.Single(cluster.AuditRecords()).GetProperty("parameters"), "forwarding"));
        answer.SetResult(true);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(403, false)]
    [InlineData(503, false)]
    [InlineData(200, true)]
    public async Task What_the_origin_answers_it_records_alone(int status, bool isCutOff)
    {
        await using var cluster = await StartAsync();
        var hasHead = new TaskCompletionSource();
        cluster.Ord.OnPassed = async (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = 10;
            await context.Response.Body.WriteAsync(new byte[isCutOff ? 5 : 10]);
            await context.Response.Body.FlushAsync();
            if (isCutOff)
            {
                await hasHead.Task;
                context.Abort();
            }
        };
        using var answer = await cluster.SendAsync(cluster.Request(HttpMethod.Get, "/models?list-type=2"));
        hasHead.SetResult();
        Assert.Equal(status, (int)answer.StatusCode);
        await Record.ExceptionAsync(() => answer.Content.ReadAsByteArrayAsync(Token));

        // The end of the server waits for the end of the request, which would add a record late.
        await cluster.RestartEdgeAsync();
        Assert.Empty(cluster.AuditRecords());
    }

    [Theory]
    [InlineData("GET", "/", "ListBuckets")]
    [InlineData("PUT", "/new-bucket", "CreateBucket")]
    public async Task Above_buckets_the_caller_s_organization_has_the_record(string method, string target, string operation)
    {
        await using var cluster = await StartAsync(NobodyListens);
        await AssertUnavailableAsync(cluster, cluster.Request(new HttpMethod(method), target));
        var record = Assert.Single(cluster.AuditRecords());
        Assert.Equal(("acme", operation, "static/AKACME"), (Text(record, "organizationId"), Text(record, "operation"), Text(record, "principal")));

        // Nobody has proven whose these are.
        await AssertUnavailableAsync(cluster, cluster.Unsigned(new HttpMethod(method), target));
        await AssertUnavailableAsync(cluster, Signed("AKACME", "wrong-secret"));
        await AssertUnavailableAsync(cluster, Signed("AKNOBODY", "secret"));
        Assert.Single(cluster.AuditRecords());

        HttpRequestMessage Signed(string key, string secret)
        {
            var request = cluster.Unsigned(new HttpMethod(method), target);
            new SigV4Signer(key, secret, "us-east-1", cluster.Time).Sign(request);
            return request;
        }
    }

    [Fact]
    public async Task Nothing_is_recorded_where_the_owner_did_not_ask_for_it()
    {
        await using var cluster = await StartAsync(NobodyListens);
        cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { UnauditedBuckets = ["models"] });
        await cluster.CaughtUpAsync();
        await AssertUnavailableAsync(cluster, cluster.Request(HttpMethod.Delete, "/models/k"));
        Assert.Empty(cluster.AuditRecords());
    }

    [Fact]
    public void Only_a_connection_that_did_not_come_about_is_one_over_which_nothing_was_sent()
    {
        var refused = new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused));
        var ended = new HttpRequestException(HttpRequestError.ResponseEnded, "ended", new IOException());
        var connecting = new TaskCanceledException("connect timeout", new TimeoutException());
        Assert.Equal(Passage.NotSent, Failure.PassageOf(ForwarderError.Request, refused, isAnswered: false));
        Assert.Equal(Passage.NotSent, Failure.PassageOf(ForwarderError.RequestTimedOut, connecting, isAnswered: false));
        Assert.Equal(Passage.NotSent, Failure.PassageOf(ForwarderError.RequestBodyDestination, new AggregateException(refused, new IOException()), isAnswered: false));
        Assert.Equal(Passage.Unanswered, Failure.PassageOf(ForwarderError.Request, ended, isAnswered: false));
        Assert.Equal(Passage.Unanswered, Failure.PassageOf(ForwarderError.RequestTimedOut, new OperationCanceledException(), isAnswered: false));
        Assert.Equal(Passage.Unanswered, Failure.PassageOf(ForwarderError.Request, null, isAnswered: false));
        Assert.Equal(Passage.Sent, Failure.PassageOf(ForwarderError.ResponseBodyDestination, new IOException(), isAnswered: true));
        Assert.Equal(Passage.Sent, Failure.PassageOf(ForwarderError.RequestBodyClient, new IOException(), isAnswered: false));
    }

    private static void NobodyListens(Dictionary<string, string?> settings)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        settings["Edge:Regions:0:S3Url"] = $"http://{listener.LocalEndpoint}";
    }

    private static async Task<EdgeCluster> StartAsync(Action<Dictionary<string, string?>>? configure = null)
    {
        var cluster = await EdgeCluster.StartAsync(configure);
        cluster.Control.SetOrganization(EdgeCluster.Organization, static o => o with { Audit = new(ControlPlane: false, Buckets: true) });
        await cluster.CaughtUpAsync();
        return cluster;
    }

    private static async Task<string> AssertUnavailableAsync(EdgeCluster cluster, HttpRequestMessage request)
    {
        using var answer = await cluster.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return answer.Headers.GetValues("x-amz-request-id").Single();
    }

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out var value) ? value.GetString() : null;
}
