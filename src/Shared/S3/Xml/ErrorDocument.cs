namespace EdgeCache.Shared.S3.Xml;

/// <summary>The body of an error response (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">error responses</see>).</summary>
public static class ErrorDocument
{
    /// <summary>Writes the document.</summary>
    /// <param name="error">The error; its details become elements after the message.</param>
    /// <param name="resource">The bucket or object that the request was about.</param>
    /// <param name="requestId">The request's id, as in the <c>x-amz-request-id</c> header.</param>
    /// <param name="hostId">The node's id, as in the <c>x-amz-id-2</c> header.</param>
    public static byte[] Write(S3Error error, string resource, string requestId, string hostId) => S3XmlWriter.PlainDocument(
        "Error", (error, resource, requestId, hostId), static (w, state) =>
        {
            w.Text("Code", state.error.Code.ToString());
            w.Text("Message", state.error.Message ?? S3ErrorTable.Message(state.error.Code));
            foreach (var (name, value) in state.error.Details ?? [])
            {
                w.Text(name, value);
            }

            w.Text("Resource", state.resource);
            w.Text("RequestId", state.requestId);
            w.Text("HostId", state.hostId);
        });
}
