using System.Text;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Posting;
using EdgeCache.Shared.S3.Xml;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Posting;

/// <summary>
/// A form that uploads an object (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html">POST Object</see>). The fields before the
/// file say all that the headers of a PUT say, and prove who allows it; then it goes the way of a PUT.
/// </summary>
internal static class PostObject
{
    private const string FileNameVariable = "${filename}";

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var request = context.Exchange.Request;
        var read = await PostForm.ReadAsync(request.ContentType, request.Body, context.Aborted);
        if (!read.Succeeded)
        {
            return read.Error;
        }

        var form = read.Value;
        var fields = form.Fields.ToDictionary(static f => f.Key, static f => Pipeline.HttpSignedRequest.Decode(f.Value), StringComparer.Ordinal);
        fields["bucket"] = context.Request.Bucket;
        if (!fields.TryGetValue("key", out var key) || key.Length == 0)
        {
            return new S3Error(S3ErrorCode.InvalidArgument, "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
                [new("ArgumentName", "key"), new("ArgumentValue", string.Empty)]);
        }

        fields["key"] = key = key.Replace(FileNameVariable, form.FileName, StringComparison.Ordinal);
        if (!ObjectKey.TryParse(key, out _))
        {
            return Encoding.UTF8.GetByteCount(key) > ObjectKey.MaxBytes ? S3ErrorCode.KeyTooLongError : new S3Error(S3ErrorCode.InvalidArgument, "The key can't be one.");
        }

        var sent = new S3Request
        {
            Operation = S3Operation.PostObject, Bucket = context.Request.Bucket, Key = key, Query = S3Query.Empty,
            VirtualHosted = context.Request.VirtualHosted, HostRegion = context.Request.HostRegion,
        };
        context.Exchange.Parsed = sent;
        var authenticated = await context.Services.Forms.AuthenticateAsync(form.Fields, sent, context.Authorized.Authenticated.Via);
        if (!authenticated.Succeeded)
        {
            return authenticated.Error;
        }

        context.Exchange.Authenticated = authenticated.Value;
        context.Exchange.Principal = authenticated.Value.Principal.Name;
        var policy = ReadPolicy(context, fields);
        if ((policy.Error ?? await PostedHeaders.ApplyAsync(request.Headers, form.Fields, context.Aborted)) is { } refused)
        {
            return refused;
        }

        var authorized = await context.Services.Authorizer.AuthorizeAsync(authenticated.Value, context.Exchange, context.Aborted);
        return authorized.Succeeded
            ? await StoreAsync(new OperationContext(context.Exchange, authorized.Value, context.Services), form, fields, policy.Value)
            : authorized.Error;
    }

    // A form without a policy is anybody's, and says what it likes.
    private static Outcome<PostPolicy?> ReadPolicy(OperationContext context, Dictionary<string, string> fields)
    {
        if (!fields.TryGetValue("policy", out var text))
        {
            return new Outcome<PostPolicy?>(null, null);
        }

        var document = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, document, out var length))
        {
            return new S3Error(S3ErrorCode.InvalidPolicyDocument, "Invalid Policy: the policy is not Base64.");
        }

        var error = PostPolicy.TryParse(document.AsMemory(0, length), out var policy) ?? policy!.Check(fields, context.Services.Time.GetUtcNow());
        return error is null ? new Outcome<PostPolicy?>(policy, null) : error;
    }

    private static async Task<S3Error?> StoreAsync(OperationContext context, PostForm form, Dictionary<string, string> fields, PostPolicy? policy)
    {
        var md5 = DeclaredBody.ReadContentMd5(context.Header("Content-MD5"), out var badMd5);
        if ((badMd5 ?? DeclaredChecksum.Read(context, out _)) is { } badDigest)
        {
            return badDigest;
        }

        DeclaredChecksum.Read(context, out var checksum);
        var declared = new DeclaredBody(Length: null, PayloadKind.Unsigned, md5, checksum);
        var max = Math.Min(policy?.MaxLength ?? UploadLimits.MaxBodyLength, UploadLimits.MaxBodyLength);
        await using var file = new PostedFile(form.File, policy?.MinLength ?? 0, max);
        var stored = await PutObject.StoreAsync(context, declared, file);
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        await AnswerAsync(context, fields, stored.Value);
        return null;
    }

    private static async Task AnswerAsync(OperationContext context, Dictionary<string, string> fields, string etag)
    {
        var http = context.Exchange.Request;
        var (bucket, key) = (context.Request.Bucket, context.Request.Key);
        var path = PercentEncoding.Encode(key, keepSlash: true);
        var location = context.Request.VirtualHosted ? $"{http.Scheme}://{http.Host}/{path}" : $"{http.Scheme}://{http.Host}/{bucket}/{path}";
        if ((fields.GetValueOrDefault("success_action_redirect") ?? fields.GetValueOrDefault("redirect")) is { } redirect &&
            Uri.TryCreate(redirect, UriKind.Absolute, out var target) && target.Scheme is "http" or "https")
        {
            var query = $"bucket={bucket}&key={PercentEncoding.Encode(key, keepSlash: false)}&etag=%22{etag}%22";
            context.SetHeader("Location", target.AbsoluteUri + (target.Query.Length == 0 ? "?" : "&") + query);
            context.Exchange.Respond(StatusCodes.Status303SeeOther);
            return;
        }

        context.SetHeader("Location", location);
        switch (fields.GetValueOrDefault("success_action_status"))
        {
            case "201":
                await context.Exchange.RespondXmlAsync(StatusCodes.Status201Created, new PostResponse(location, bucket, key, etag).Write());
                break;
            case "200":
                context.Exchange.Respond(StatusCodes.Status200OK);
                break;
            default:
                context.Exchange.Respond(StatusCodes.Status204NoContent);
                break;
        }
    }
}
