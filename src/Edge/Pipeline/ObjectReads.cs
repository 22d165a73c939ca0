using EdgeCache.Edge.Audit;
using EdgeCache.Edge.Authentication;
using EdgeCache.Edge.Authorization;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Filling;
using EdgeCache.Edge.Responding;
using EdgeCache.Edge.Storage.Eviction;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Pipeline;

/// <summary>The phases of a cacheable read, from authenticate to respond. Each takes the output of the one before; none calls another.</summary>
internal sealed class ObjectReads(
    Authenticator authenticator,
    BucketLocator locator,
    OrganizationCache organizations,
    VersionCache versions,
    Authoriser authoriser,
    RequestAudit audit,
    RangeReaders readers,
    ObjectResponder responder)
{
    /// <summary>How often a read starts over because its version turned out to be gone upstream before anything was sent.</summary>
    private const int MaxRestarts = 3;

    private const string PrefetchRange = "bytes=0-0";

    /// <summary>Answers the read, or returns the error to answer; neither, with the outcome <see cref="CacheOutcome.Suspended"/>, when it is to be passed on.</summary>
    public async Task<S3Error?> ServeAsync(EdgeRequest request)
    {
        var s3 = request.S3!;
        request.Phase = RequestPhase.Authenticate;
        var (unauthenticated, caller) = await authenticator.AuthenticateAsync(request.Signed, request.Aborted);
        if (unauthenticated is not null)
        {
            return unauthenticated;
        }

        request.Caller = caller;
        request.Phase = RequestPhase.Authorise;
        var (unlocated, bucket, staleness) = await locator.LocateAsync(s3, request.Aborted);
        if (unlocated is not null)
        {
            request.Staleness = staleness;
            return unlocated;
        }

        request.Region = bucket!.Region.Name;
        request.Owner = bucket.Facts.OwnerOrganizationId;
        var expectedOwner = request.Http.Request.Headers.TryGetValue(ExpectedBucketOwner.Header, out var owner) ? owner.ToString() : null;
        if (ExpectedBucketOwner.Check(expectedOwner, s3.Query, bucket.Facts) is { } otherOwner)
        {
            return otherOwner;
        }

        if (bucket.Facts.Configurations.IsAccelerated is false)
        {
            request.Outcome = CacheOutcome.Suspended;
            return null;
        }

        if (bucket.Facts.Configurations.RequesterPays)
        {
            string? payer = request.Http.Request.Headers[RequesterPays.Header];
            if (RequesterPays.Check(payer, s3.Query, bucket.Facts, caller!.Principal, out var charged) is { } unpaid)
            {
                return unpaid;
            }

            if (charged)
            {
                request.Http.Response.Headers[RequesterPays.ChargedHeader] = RequesterPays.Requester;
            }
        }

        FactReply<OrganizationFacts> organization = default;
        if (caller!.Principal.OrganizationId is { Length: > 0 } organizationId)
        {
            organization = await organizations.GetAsync(organizationId, request.Aborted);
            if (!organization.IsKnown)
            {
                return new S3Error(S3ErrorCode.ServiceUnavailable, "The access policies can't be read at the moment.");
            }
        }

        var name = new VersionName(bucket.Region, s3.Bucket, s3.Key, s3.Query.Get("versionId"));
        using var headstart = MayHeadstart(request, caller, bucket)
            ? readers.Headstart(bucket.Region, s3.Bucket, s3.Key, request.Http.Request.Headers.Range)
            : null;
        for (var restarts = 0; ; restarts++)
        {
            request.Phase = RequestPhase.Resolve;
            if (restarts > 0)
            {
                await versions.ForgetAsync(name);
            }

            var resolved = restarts > 0 || bucket.Facts.StrongReads
                ? await versions.AskAsync(name, request.Aborted)
                : await versions.GetAsync(name, request.Aborted, headstart is null ? null : headstart.Begin);
            if (!resolved.IsKnown)
            {
                return S3ErrorCode.ServiceUnavailable;
            }

            request.Phase = RequestPhase.Authorise;
            request.Staleness = resolved.Staleness;
            request.Outcome = OutcomeOf(resolved.Freshness);
            request.Reason = ReasonOf(resolved.Why);
            var (refused, read) = authoriser.Decide(caller, organization.Fact, request, bucket, resolved.Fact);
            if (refused is not null)
            {
                if (refused.Code == S3ErrorCode.NoSuchKey)
                {
                    request.Http.Response.Headers[S3ObjectHeaders.DeleteMarkerHeader] = "false";
                }

                return refused;
            }

            if (await audit.AdmitAsync(request, bucket.Facts, organization.Fact) is { } unrecordable)
            {
                return unrecordable;
            }

            var (error, startOver) = await AnswerAsync(request, read!, resolved.Freshness);
            if (!startOver || restarts == MaxRestarts)
            {
                return error;
            }
        }
    }

    private async Task<(S3Error? Error, bool StartOver)> AnswerAsync(EdgeRequest request, AuthorisedRead read, Freshness freshness)
    {
        if (ResponseOverrides.TryParse(request.S3!.Query, read.Caller.IsAnonymous, out var overrides) is { } invalid)
        {
            return (invalid, false);
        }

        request.Phase = RequestPhase.Lookup;
        var plan = ObjectReadPlan.Make(read.Version, request.Signed.Method, Conditions(request));
        if (plan.Error is not null)
        {
            ObjectResponder.DescribeRefusal(request, read, plan);
            return (plan.Error, false);
        }

        if (!plan.SendsBody || plan.Length == 0)
        {
            if (IsPrefetch(request) && plan.Status == StatusCodes.Status206PartialContent)
            {
                var (whole, why) = readers.Prefetch(read, request.Reader);
                Report(request, whole, why, freshness);
            }

            request.Phase = RequestPhase.Respond;
            responder.SendHead(request, read, plan, overrides);
            return (null, false);
        }

        using var reader = readers.Open(read, plan, request.Reader);
        var presence = reader.Survey();
        Report(request, presence, reader.WhyAbsent, freshness);
        request.Phase = RequestPhase.Fill;
        var (fault, _) = await reader.WaitAsync(request.Aborted);
        if (fault != ReadFault.None)
        {
            return (ErrorOf(fault), fault == ReadFault.VersionGone);
        }

        request.Peer = reader.Peer;

        request.Phase = RequestPhase.Respond;
        responder.SendHead(request, read, plan, overrides);
        await responder.SendBodyAsync(request, reader);
        return (null, false);
    }

    /// <summary>
    /// Whether the first bytes may be asked for before the version is known, and so before the caller is known to be allowed to read it: only for callers of the
    /// bucket's own organization, so that no one else makes the origin send bytes for nothing; and only if bytes are all but certain to be wanted.
    /// </summary>
    private static bool MayHeadstart(EdgeRequest request, AuthenticatedCaller caller, LocatedBucket bucket)
    {
        var headers = request.Http.Request.Headers;
        return HttpMethods.IsGet(request.Http.Request.Method)
            && caller.Principal.OrganizationId == bucket.Facts.OwnerOrganizationId
            && !request.S3!.Query.Has("versionId") && !request.S3.Query.Has("partNumber")
            && headers.IfNoneMatch.Count == 0 && headers.IfMatch.Count == 0 && headers.IfModifiedSince.Count == 0 && headers.IfUnmodifiedSince.Count == 0
            && headers.IfRange.Count == 0;
    }

    /// <summary>HEAD of the first byte: the client wants the whole object here soon.</summary>
    private static bool IsPrefetch(EdgeRequest request) =>
        HttpMethods.IsHead(request.Http.Request.Method) && request.Http.Request.Headers.Range == PrefetchRange;

    private static void Report(EdgeRequest request, ChunkPresence presence, Absence why, Freshness freshness)
    {
        request.Outcome = OutcomeOf(presence, freshness);
        if (presence != ChunkPresence.All && request.Reason != CacheReason.Invalidated)
        {
            request.Reason = ReasonOf(why);
        }
    }

    private static ObjectReadConditions Conditions(EdgeRequest request)
    {
        var headers = request.Http.Request.Headers;
        var query = request.S3!.Query;
        return new ObjectReadConditions
        {
            IfMatch = headers.IfMatch,
            IfNoneMatch = headers.IfNoneMatch,
            IfModifiedSince = headers.IfModifiedSince,
            IfUnmodifiedSince = headers.IfUnmodifiedSince,
            Range = headers.Range,
            IfRange = headers.IfRange,
            PartNumber = query.Get("partNumber"),
            VersionIdGiven = query.Has("versionId"),
        };
    }

    /// <summary>The outcome of an answer without a body, which needs the metadata alone.</summary>
    private static CacheOutcome OutcomeOf(Freshness freshness) => freshness switch
    {
        Freshness.Current => CacheOutcome.Hit,
        Freshness.Asked => CacheOutcome.Miss,
        Freshness.Stale => CacheOutcome.Stale,
        Freshness.Unknown => CacheOutcome.None,
    };

    private static CacheOutcome OutcomeOf(ChunkPresence presence, Freshness freshness) => presence switch
    {
        ChunkPresence.All => freshness == Freshness.Asked ? CacheOutcome.Revalidated : OutcomeOf(freshness),
        ChunkPresence.Some => CacheOutcome.Partial,
        ChunkPresence.Arriving => CacheOutcome.Joined,
        ChunkPresence.None => CacheOutcome.Miss,
    };

    private static CacheReason ReasonOf(AskReason why) => why switch
    {
        AskReason.None => CacheReason.None,
        AskReason.Unseen => CacheReason.Cold,
        AskReason.Changed => CacheReason.Invalidated,
        AskReason.FeedSilent => CacheReason.FeedSilent,
        AskReason.Strong => CacheReason.Strong,
    };

    private static CacheReason ReasonOf(Absence absence) => absence switch
    {
        Absence.Cold => CacheReason.Cold,
        Absence.Evicted => CacheReason.Evicted,
        Absence.NotAdmitted => CacheReason.NotAdmitted,
    };

    private static S3Error ErrorOf(ReadFault fault) => fault switch
    {
        ReadFault.Busy => S3ErrorCode.SlowDown,
        ReadFault.Unavailable or ReadFault.VersionGone or ReadFault.None => S3ErrorCode.ServiceUnavailable,
    };
}
