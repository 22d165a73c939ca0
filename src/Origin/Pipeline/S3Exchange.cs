using System.Globalization;
using System.Security.Cryptography;
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

    /// <summary>Whether an edge sent it, for its cache or for a client.</summary>
    public bool FromEdge { get; set; }

    /// <summary>The S3 error answered.</summary>
    public S3Error? Error { get; set; }

    /// <summary>Bytes of the object read from the client.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Bytes of the object sent.</summary>
    public long BytesSent { get; set; }

    public string OperationName => Parsed?.Operation.ToString() ?? "Unknown";

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

    /// <summary>Answers with an XML document.</summary>
    public async Task RespondXmlAsync(int status, ReadOnlyMemory<byte> document)
    {
        Phase = RequestPhase.Respond;
        Response.StatusCode = status;
        Response.ContentType = "application/xml";
        Response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(Request.Method))
        {
            await Response.BodyWriter.WriteAsync(document, Aborted);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{OperationName} {RequestId}");
}
