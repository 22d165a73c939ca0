using System.Net;
using System.Text;
using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.S3;
using Microsoft.AspNetCore.WebUtilities;

namespace EdgeCache.Origin.Websites;

/// <summary>The pages that a website shows where its owner has none: errors in HTML, as browsers want them.</summary>
internal static class WebsitePages
{
    /// <summary>Answers an error.</summary>
    public static async Task WriteErrorAsync(S3Exchange exchange, S3Error error)
    {
        exchange.Error = error;
        var title = $"{error.Status} {ReasonPhrases.GetReasonPhrase(error.Status)}";
        var page = new StringBuilder($"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<ul>\n");
        Item("Code", error.Code.ToString());
        Item("Message", error.Message ?? S3ErrorTable.Message(error.Code));
        foreach (var (name, value) in error.Details ?? [])
        {
            Item(name, value);
        }

        Item("RequestId", exchange.RequestId);
        Item("HostId", exchange.HostId);
        page.Append("</ul>\n<hr/>\n</body>\n</html>\n");
        await exchange.RespondAsync(error.Status, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(page.ToString()));

        void Item(string name, string value) => page.Append("<li>").Append(name).Append(": ").Append(WebUtility.HtmlEncode(value)).Append("</li>\n");
    }

    /// <summary>Answers a redirect.</summary>
    public static void Redirect(S3Exchange exchange, int status, string location)
    {
        exchange.Response.Headers.Location = location;
        exchange.Respond(status);
    }
}
