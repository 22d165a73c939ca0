using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Origin.Hosting;

/// <summary>
/// Words the refusals of the HTTP parser (a malformed request line, a header section over the limit, a head that dribbles in) as S3 errors. Kestrel
/// announces them by a diagnostic event before it writes its own, empty answer.
/// </summary>
internal sealed class ParserRefusals(string hostId, TimeProvider time) : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequestEvent = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public IDisposable Subscribe(DiagnosticListener diagnostics) => diagnostics.Subscribe(this, static name => name == BadRequestEvent);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features && features.Get<RefusableOutput>() is { IsBusy: false } output &&
            features.Get<IHttpResponseFeature>() is { HasStarted: false } && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException refusal)
        {
            output.Refuse(Response(ErrorOf(refusal)));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static S3Error ErrorOf(BadHttpRequestException refusal) => refusal.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => S3ErrorCode.RequestTimeout,
        StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            RequestLimits.HeadersTooLarge,
        StatusCodes.Status414UriTooLong => new S3Error(S3ErrorCode.InvalidURI, "The request line is too long."),
        _ => new S3Error(S3ErrorCode.BadRequest, refusal.Message),
    };

    private byte[] Response(S3Error error)
    {
        var requestId = RandomNumberGenerator.GetHexString(16);
        var document = ErrorDocument.Write(error, "/", requestId, hostId);
        var head =
            $"HTTP/1.1 {error.Status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(error.Status)}\r\nConnection: close\r\n" +
            $"Content-Type: application/xml\r\nContent-Length: {document.Length}\r\nDate: {HttpDate.Format(time.GetUtcNow())}\r\nServer: EdgeCache\r\n" +
            $"x-amz-request-id: {requestId}\r\nx-amz-id-2: {hostId}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. document];
    }
}
