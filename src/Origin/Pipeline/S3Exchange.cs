using System.Globalization;
using System.Security.Cryptography;
using EdgeCache.Origin.Authentication;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Pipeline;

/// <summary>One request and its answer: the ids, where it stands, and what is counted.</summary>
internal sealed class S3Exchange
{
    public S3Exchange(HttpContext context, string hostId)
    {
        Context = context;
        HostId = hostId;
        Signed = new HttpSignedRequest(context);
        RequestId = RandomNumberGenerator.GetHexString(16);
        Aborted = context.RequestAborted;
        var headers = context.Response.Headers;
        headers.Server = "EdgeCache";
        headers["x-amz-request-id"] = RequestId;
        headers["x-amz-id-2"] = hostId;
    }

    public HttpContext Context { get; }

    public HttpRequest Request => Context.Request;

    public HttpResponse Response => Context.Response;

    public HttpSignedRequest Signed { get; }

    /// <summary>16 upper-case hexadecimal digits.</summary>
    public string RequestId { get; }

    /// <summary>Names the node that answers.</summary>
    public string HostId { get; }

    public CancellationToken Aborted { get; }

    public RequestPhase Phase { get; set; }

    public RequestOutcome Outcome { get; set; }

    /// <summary>Once parsed.</summary>
    public S3Request? Parsed { get; set; }

    /// <summary>The principal's name, once authenticated.</summary>
    public string Principal { get; set; } = "-";

    /// <summary>Once authenticated: who asks, and what was decided.</summary>
    public AuthenticatedRequest? Authenticated { get; set; }

    /// <summary>The edge that passed it on, where it was not authenticated.</summary>
    public EdgeHop? Via { get; set; }

    /// <summary>Whether it was found out whether the request is recorded.</summary>
    public bool IsAuditKnown { get; set; }

    /// <summary>What is to be done before the answer is complete; false when it could not be. See <see cref="TryEnd"/>.</summary>
    public Func<bool>? Ending { get; set; }

    /// <summary>Whether an edge sent it, for its cache or for a client.</summary>
    public bool FromEdge { get; set; }

    /// <summary>What was decided, once it was; of several decisions one that refused.</summary>
    public DecidedAction? Decided { get; private set; }

    /// <summary>The objects that the request's body names; each is recorded. Written by the operation before it begins with the first of them.</summary>
    public IReadOnlyList<BatchEntry> Batch { get; set; } = [];

    /// <summary>The S3 error answered.</summary>
    public S3Error? Error { get; set; }

    /// <summary>Bytes of the object read from the client.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Bytes of the object sent.</summary>
    public long BytesSent { get; set; }

    public string OperationName => Parsed?.Operation.ToString() ?? "Unknown";

    /// <summary>Keeps the first decision for the records, or a refusal after it. Of many concurrent ones about the keys of one request, any may be kept.</summary>
    public void Note(DecidedAction decided)
    {
        if (Decided is null || (Decided.Decision.Allowed && !decided.Decision.Allowed))
        {
            Decided = decided;
        }
    }

    /// <summary>
    /// Ends the connection after the answer when the client waits for 100 Continue to send an empty body: the server never sends one for that, and
    /// botocore takes the connection for one whose next request was answered already, and waits a minute for what it did not send.
    /// </summary>
    public void CloseIfNothingIsExpected()
    {
        if (Request.ContentLength == 0 && Request.Headers.Expect.Count > 0)
        {
            Response.Headers.Connection = "close";
        }
    }

    /// <summary>The value of a request header; null when it is absent.</summary>
    public string? Header(string name) => Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Answers without a body.</summary>
    public void Respond(int status)
    {
        Response.StatusCode = status;
        if (status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
        {
            Response.ContentLength = 0;
        }
    }

    /// <summary>
    /// Called by whoever is about to hand the last piece of the answer to the network, with all that is told of the request settled. False: the answer
    /// must not be completed.
    /// </summary>
    public bool TryEnd()
    {
        if (Ending is not { } ending)
        {
            return true;
        }

        Ending = null;
        return ending();
    }

    /// <summary>Answers with an XML document.</summary>
    /// <exception cref="S3Exception">ServiceUnavailable when the answer may not be completed.</exception>
    public Task RespondXmlAsync(int status, ReadOnlyMemory<byte> document) => RespondAsync(status, "application/xml", document);

    /// <summary>Answers with a document of another type.</summary>
    /// <exception cref="S3Exception">ServiceUnavailable when the answer may not be completed.</exception>
    public async Task RespondAsync(int status, string contentType, ReadOnlyMemory<byte> document)
    {
        Phase = RequestPhase.Respond;
        Response.StatusCode = status;
        Response.ContentType = contentType;
        Response.ContentLength = document.Length;
        if (!TryEnd())
        {
            throw new S3Exception(S3ErrorCode.ServiceUnavailable);
        }

        if (!HttpMethods.IsHead(Request.Method))
        {
            await Response.BodyWriter.WriteAsync(document, Aborted);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{OperationName} {RequestId}");
}

/// <summary>An action and what was decided about it.</summary>
/// <param name="Action">The action, e.g. <c>s3:GetObject</c>.</param>
/// <param name="Decision">The decision.</param>
internal sealed record DecidedAction(string Action, AccessDecision Decision);
