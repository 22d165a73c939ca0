using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.Iam;

public sealed class AccessEvaluatorTests
{
    private const string Owner = "org-a";
    private const string Stranger = "org-b";

    private static readonly string[] Actions =
    [
        .. Enum.GetValues<S3Operation>().SelectMany(static op => new[] { S3Actions.For(op, false), S3Actions.For(op, true) }).Distinct(),
    ];

    [Fact]
    public void Every_action_of_an_operation_is_known()
    {
        foreach (var action in Actions)
        {
            Assert.True(IamActions.IsKnown(action), action);
        }
    }

    [Theory]
    [InlineData(AccessLevel.Read, "s3:GetObject", true)]
    [InlineData(AccessLevel.Read, "s3:ListBucket", true)]
    [InlineData(AccessLevel.Read, "s3:GetBucketLocation", true)]
    [InlineData(AccessLevel.Read, "s3:PutObject", false)]
    [InlineData(AccessLevel.Read, "s3:DeleteObject", false)]
    [InlineData(AccessLevel.Read, "s3:AbortMultipartUpload", false)]
    [InlineData(AccessLevel.Read, "s3:CreateBucket", false)]
    [InlineData(AccessLevel.Write, "s3:PutObject", true)]
    [InlineData(AccessLevel.Write, "s3:DeleteObjectVersion", true)]
    [InlineData(AccessLevel.Write, "s3:AbortMultipartUpload", true)]
    [InlineData(AccessLevel.Write, "s3:GetObject", false)]
    [InlineData(AccessLevel.Write, "s3:ListBucket", false)]
    [InlineData(AccessLevel.Write, "s3:ListAllMyBuckets", true)]
    [InlineData(AccessLevel.ReadWrite, "s3:GetObject", true)]
    [InlineData(AccessLevel.ReadWrite, "s3:PutObject", true)]
    [InlineData(AccessLevel.ReadWrite, "s3:CreateBucket", false)]
    [InlineData(AccessLevel.ReadWrite, "s3:DeleteBucket", false)]
    [InlineData(AccessLevel.ReadWrite, "s3:PutBucketVersioning", false)]
    [InlineData(AccessLevel.Full, "s3:CreateBucket", true)]
    [InlineData(AccessLevel.Full, "s3:DeleteBucket", true)]
    [InlineData(AccessLevel.Full, "s3:PutBucketVersioning", true)]
    [InlineData(AccessLevel.Full, "s3:PutBucketPolicy", true)]
    [InlineData(AccessLevel.ReadWrite, "s3:PutBucketPolicy", false)]
    [InlineData(AccessLevel.Full, "s3:*", false)]
    [InlineData(AccessLevel.Full, "", false)]
    public void The_level_is_a_ceiling_for_the_owner(AccessLevel level, string action, bool allowed) =>
        Assert.Equal(allowed, Evaluate(User(Owner, level), action, CannedAcl.Private, Of(Owner)));

    [Theory]
    [InlineData(CannedAcl.Private, CannedAcl.Private, "s3:GetObject", false)]
    [InlineData(CannedAcl.PublicRead, CannedAcl.Private, "s3:GetObject", false)]
    [InlineData(CannedAcl.Private, CannedAcl.PublicRead, "s3:GetObject", true)]
    [InlineData(CannedAcl.Private, CannedAcl.PublicReadWrite, "s3:GetObjectVersion", true)]
    [InlineData(CannedAcl.Private, CannedAcl.PublicReadWrite, "s3:PutObject", false)]
    [InlineData(CannedAcl.Private, CannedAcl.PublicRead, "s3:GetObjectAcl", false)]
    [InlineData(CannedAcl.Private, CannedAcl.PublicRead, "s3:ListBucket", false)]
    [InlineData(CannedAcl.Private, CannedAcl.BucketOwnerRead, "s3:GetObject", false)]
    [InlineData(CannedAcl.PublicRead, CannedAcl.Private, "s3:ListBucket", true)]
    [InlineData(CannedAcl.PublicRead, CannedAcl.Private, "s3:PutObject", false)]
    [InlineData(CannedAcl.PublicRead, CannedAcl.Private, "s3:GetBucketAcl", false)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.Private, "s3:ListBucketVersions", true)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.Private, "s3:PutObject", true)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.Private, "s3:DeleteObject", true)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.Private, "s3:DeleteObjectVersion", false)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.Private, "s3:GetObject", false)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.PublicReadWrite, "s3:DeleteBucket", false)]
    [InlineData(CannedAcl.PublicReadWrite, CannedAcl.PublicReadWrite, "s3:PutBucketVersioning", false)]
    public void Anonymous_and_strangers_have_what_the_acls_grant(CannedAcl bucket, CannedAcl target, string action, bool allowed)
    {
        Assert.Equal(allowed, Evaluate(Principal.Anonymous, action, bucket, Of(Owner, target)));
        Assert.Equal(allowed, Evaluate(User(Stranger, AccessLevel.Full), action, bucket, Of(Owner, target)));
    }

    [Fact]
    public void Authenticated_read_is_for_callers_with_a_key()
    {
        Assert.True(Evaluate(User(Stranger, AccessLevel.Read), "s3:GetObject", CannedAcl.Private, Of(Owner, CannedAcl.AuthenticatedRead)));
        Assert.False(Evaluate(Principal.Anonymous, "s3:GetObject", CannedAcl.Private, Of(Owner, CannedAcl.AuthenticatedRead)));
        Assert.True(Evaluate(User(Stranger, AccessLevel.Read), "s3:ListBucket", CannedAcl.AuthenticatedRead, null));
        Assert.False(Evaluate(Principal.Anonymous, "s3:ListBucket", CannedAcl.AuthenticatedRead, null));
    }

    [Fact]
    public void An_object_in_another_bucket_is_still_its_owners_to_read()
    {
        Assert.True(Evaluate(User(Stranger, AccessLevel.Read), "s3:GetObjectAcl", CannedAcl.PublicReadWrite, Of(Stranger)));
        Assert.False(Evaluate(User(Stranger, AccessLevel.Write), "s3:GetObject", CannedAcl.PublicReadWrite, Of(Stranger)));
    }

    [Theory]
    [InlineData(CannedAcl.PublicRead, true)]
    [InlineData(CannedAcl.Private, false)]
    public void Absence_shows_only_to_who_may_list(CannedAcl bucket, bool allowed) =>
        Assert.Equal(allowed, Evaluate(Principal.Anonymous, "s3:GetObject", bucket, ObjectAccess.Absent));

    [Fact]
    public void An_object_not_looked_up_is_not_taken_for_absent() =>
        Assert.False(Evaluate(Principal.Anonymous, "s3:GetObject", CannedAcl.PublicRead, null));

    [Fact]
    public void An_edge_reads_objects_and_nothing_else()
    {
        var edge = new Principal("edge/LGA1", string.Empty, AccessLevel.Full, [], PrincipalKind.Edge);
        Assert.All(Actions, action =>
            Assert.Equal(action.StartsWith("s3:GetObject", StringComparison.Ordinal), Evaluate(edge, action, CannedAcl.PublicReadWrite, Of(Owner))));
    }

    [Fact]
    public void An_empty_organization_owns_nothing()
    {
        var nobody = new Principal("static/x", string.Empty, AccessLevel.Full, [], PrincipalKind.User);
        Assert.False(Decide(nobody, "s3:GetObject", Bucket(CannedAcl.Private) with { OwnerOrganizationId = "" }, Of("")).Allowed);
        Assert.False(Decide(nobody, "s3:CreateBucket", null).Allowed);
    }

    [Fact]
    public void Account_actions_need_a_caller_and_no_bucket()
    {
        Assert.True(Decide(User(Owner, AccessLevel.Full), "s3:CreateBucket", null).Allowed);
        Assert.True(Decide(User(Owner, AccessLevel.Read), "s3:ListAllMyBuckets", null).Allowed);
        Assert.False(Decide(Principal.Anonymous, "s3:CreateBucket", null).Allowed);
        Assert.False(Decide(Principal.Anonymous, "s3:ListAllMyBuckets", null).Allowed);
        Assert.False(Decide(User(Owner, AccessLevel.Full), "s3:GetObject", null, Of(Owner)).Allowed);
    }

    // The space is small enough to try all of it.
    [Fact]
    public void No_lower_level_allows_more_and_none_allows_what_full_does_not()
    {
        foreach (var (organization, action, bucket, target) in Space())
        {
            bool At(AccessLevel level) => Evaluate(User(organization, level), action, bucket, target);
            var what = $"{organization} {action} {bucket} {target}";
            Assert.True(!At(AccessLevel.Read) || At(AccessLevel.ReadWrite), what);
            Assert.True(!At(AccessLevel.Write) || At(AccessLevel.ReadWrite), what);
            Assert.True(!At(AccessLevel.ReadWrite) || At(AccessLevel.Full), what);
        }
    }

    [Fact]
    public void Anonymous_never_does_more_than_a_stranger_and_never_writes_to_what_is_not_public()
    {
        foreach (var (_, action, bucket, target) in Space())
        {
            if (Evaluate(Principal.Anonymous, action, bucket, target))
            {
                Assert.True(Evaluate(User(Stranger, AccessLevel.Full), action, bucket, target), action);
                Assert.True(!IsMutation(action) || bucket == CannedAcl.PublicReadWrite, $"{action} {bucket}");
                Assert.True(bucket != CannedAcl.Private || target is { Acl: CannedAcl.PublicRead or CannedAcl.PublicReadWrite }, $"{action} {target}");
            }
        }
    }

    private static bool IsMutation(string action) => !action.StartsWith("s3:Get", StringComparison.Ordinal) && !action.StartsWith("s3:List", StringComparison.Ordinal);

    private static IEnumerable<(string Organization, string Action, CannedAcl Bucket, ObjectAccess? Target)> Space() =>
        from organization in new[] { Owner, Stranger }
        from action in Actions
        from bucket in Enum.GetValues<CannedAcl>()
        from target in Enum.GetValues<CannedAcl>().SelectMany(static acl => new[] { Of(Owner, acl), Of(Stranger, acl) }).Append(ObjectAccess.Absent).Append(null)
        select (organization, action, bucket, target);

    private static bool Evaluate(Principal principal, string action, CannedAcl bucket, ObjectAccess? target)
    {
        var decision = Decide(principal, action, Bucket(bucket), target);
        Assert.NotEmpty(decision.Reason);
        return decision.Allowed;
    }

    private static AccessDecision Decide(Principal principal, string action, BucketFacts? bucket, ObjectAccess? target = null) =>
        AccessEvaluator.Evaluate(new AccessRequest
        {
            Principal = principal,
            Action = action,
            Organization = new OrganizationFacts { Id = principal.OrganizationId, Policies = [AccessPolicy.AllowEverything] },
            BucketName = bucket?.Name ?? "bkt",
            Key = "key",
            Bucket = bucket,
            Object = target,
        });

    private static Principal User(string organization, AccessLevel level) => new("static/k", organization, level, [], PrincipalKind.User);

    private static ObjectAccess Of(string organization, CannedAcl acl = CannedAcl.Private) => new(organization, acl);

    private static BucketFacts Bucket(CannedAcl acl) => new("bkt", "ORD1", Owner, acl, BucketVersioning.Unversioned, DateTimeOffset.UnixEpoch, 0);
}
