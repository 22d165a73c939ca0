using System.Text;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Tests.Iam.Decisions;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeCache.Shared.Tests.Iam.Policies;

/// <summary>What holds for all policies and requests. A failure prints its seed: pass it to <see cref="Config"/>'s WithReplay to see it again.</summary>
public sealed class PolicyPropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(500);

    private static readonly Gen<string> Conditions = Gen.Elements(
        "", "", "", "StringEquals(aws:Referer)=x", "StringNotEquals(aws:Referer)=x", "IpAddress(aws:SourceIp)=192.0.2.0/24", "Null(aws:Referer)=true",
        "NotIpAddress(aws:SourceIp)=192.0.2.0/24", "Bool(aws:SecureTransport)=true", "ForAllValues:StringEquals(iam:org-a:groups)=ml",
        "ForAnyValue:StringNotEquals(iam:org-a:groups)=ml", "StringEqualsIfExists(s3:ExistingObjectTag/t)=v", "StringLike(s3:prefix)=a*");

    private static readonly Gen<string> Actions = Gen.Elements(
        "s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:*Object*", "s3:DeleteObject,s3:GetObjectAcl", "s3:GetBucketAcl");

    private static readonly Gen<string[]> BucketStatement =
        from effect in Gen.Elements("Allow", "Deny")
        from principal in Gen.Elements("*", "org-a", "org-b", "arn:aws:iam::org-a:user/coreweave/ann", "not:org-b", "org-a,org-b")
        from action in Gen.OneOf(Actions, Gen.Elements("not:s3:GetObject", "not:s3:Put*,s3:List*"))
        from resource in Gen.Elements("bkt,bkt/*", "bkt*", "bkt,bkt/a*", "*", "not:bkt/a", "bkt,bkt/?/b")
        from condition in Conditions
        select new[] { "s", principal.StartsWith("not:", StringComparison.Ordinal) ? "Deny" : effect, principal, action, resource, "if", condition };

    private static readonly Gen<string[]> AccessStatement =
        from effect in Gen.Elements("Allow", "Allow", "Deny")
        from principal in Gen.Elements("*", "*", "coreweave/ann", "coreweave/*", "saml/dev")
        from action in Gen.OneOf(Actions, Gen.Constant("*"))
        from resource in Gen.Elements("*", "*", "bkt", "bkt/*", "bkt/a*", "arn:aws:s3:::bkt*")
        from condition in Conditions
        select new[] { "s", effect, principal, action, resource, "if", condition };

    private static readonly Gen<string[]> Requests =
        from caller in Gen.Elements("anonymous", "org-a/coreweave/ann", "org-a/saml/dev", "org-b/coreweave/ann")
        from action in Gen.Elements(
            "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "s3:GetObjectAcl", "s3:GetBucketAcl", "s3:PutBucketPolicy", "s3:GetObjectTagging")
        from resource in Gen.Elements("bkt/a", "bkt/b", "bkt/a/b", "bkt/z/b")
        from referer in Gen.Elements("h.referer=x", "h.referer=y", "noconditions", "ip=203.0.113.1", "tls")
        from groups in Gen.Elements("groups=ml", "groups=ml,ops", "level=read", "level=readwrite")
        from acl in Gen.Elements("acl=private", "acl=public-read", "acl=public-read-write", "grants=org-b:FullControl", "grants=none")
        from target in Gen.Elements("tag.t=v", "tag.t=w", "owner=org-b", "object=absent", "object=none", "objectacl=public-read", "objectgrants=all:Read")
        select new[] { caller, action, resource, referer, groups, acl, target };

    private static readonly Gen<Situation> Situations =
        from access in Few(AccessStatement, 5)
        from bucket in Few(BucketStatement, 5)
        from request in Requests
        from allowEverything in Gen.Elements(true, true, false)
        select new Situation(
            Numbered(allowEverything ? [["all", "Allow", "*", "*", "*", "if", ""], .. access] : access), Numbered(bucket), request);

    [Fact]
    public void A_deny_that_applies_always_wins()
    {
        Check.One(Many, Prop.ForAll(Arb.From(Situations), Arb.From(BucketStatement), static (situation, extra) =>
        {
            string[] deny = ["deny", "Deny", .. extra[2..]];
            var alone = situation with { Bucket = [deny], Access = Everything };
            return alone.Decide() is not { Allowed: false, Policy: BucketPolicy.DecisionName } ||
                !(situation with { Bucket = [.. situation.Bucket, deny] }).Decide().Allowed;
        }));
        Check.One(Many, Prop.ForAll(Arb.From(Situations), Arb.From(AccessStatement), static (situation, extra) =>
        {
            string[] deny = ["deny", "Deny", .. extra[2..]];
            var alone = situation with { Access = [deny], Bucket = [] };
            return alone.Decide() is not { Allowed: false, Policy: not null } || !(situation with { Access = [.. situation.Access, deny] }).Decide().Allowed;
        }));
    }

    [Fact]
    public void Adding_a_deny_never_grants() => Check.One(Many, Prop.ForAll(
        Arb.From(Situations), Arb.From(BucketStatement), Arb.From(AccessStatement), static (situation, bucket, access) =>
            situation.Decide().Allowed ||
            (!(situation with { Bucket = [["new", "Deny", .. bucket[2..]], .. situation.Bucket] }).Decide().Allowed &&
             !(situation with { Access = [["new", "Deny", .. access[2..]], .. situation.Access] }).Decide().Allowed)));

    [Fact]
    public void Adding_an_allow_never_denies() => Check.One(Many, Prop.ForAll(
        Arb.From(Situations), Arb.From(BucketStatement), Arb.From(AccessStatement), static (situation, bucket, access) =>
            !situation.Decide().Allowed ||
            ((situation with { Bucket = [["new", "Allow", Included(bucket[2]), .. bucket[3..]], .. situation.Bucket] }).Decide().Allowed &&
             (situation with { Access = [["new", "Allow", .. access[2..]], .. situation.Access] }).Decide().Allowed)));

    [Fact]
    public void The_order_of_statements_does_not_matter() => Check.One(Many, Prop.ForAll(
        Arb.From(Situations), Arb.From(Gen.Choose(0, int.MaxValue)), static (situation, seed) =>
        {
            var random = new Random(seed);
            var (access, bucket) = (situation.Access.ToArray(), situation.Bucket.ToArray());
            random.Shuffle(access);
            random.Shuffle(bucket);
            return situation.Decide().Allowed == (situation with { Access = access, Bucket = bucket }).Decide().Allowed;
        }));

    [Fact]
    public void A_lower_level_never_allows_more() => Check.One(Many, Prop.ForAll(Arb.From(Situations), static situation =>
    {
        bool At(string level) => (situation with { Request = [.. situation.Request, $"level={level}"] }).Decide().Allowed;
        return (!At("read") || At("readwrite")) && (!At("write") || At("readwrite")) && (!At("readwrite") || At("full"));
    }));

    [Fact]
    public void Parsers_never_throw() => Check.One(Many, Prop.ForAll(Arb.From(Json(5)), static json =>
    {
        var bucket = BucketPolicy.TryParse(json, "bkt", out var policy);
        var access = AccessPolicy.TryParse(json, out var accessPolicy);
        return bucket is null == policy is not null && access is null == accessPolicy is not null;
    }));

    [Fact]
    public void Parsers_never_throw_on_damaged_policies() => Check.One(Many, Prop.ForAll(
        Arb.From(Situations), Arb.From(Gen.Choose(0, 100_000)), Arb.From(Gen.Choose(0, 0xFFFF)), static (situation, at, with) =>
        {
            foreach (var json in new[] { situation.BucketJson(), situation.AccessJson() })
            {
                var damaged = new StringBuilder(json);
                damaged[at % json.Length] = (char)with;
                BucketPolicy.TryParse(damaged.ToString(), "bkt", out _);
                AccessPolicy.TryParse(damaged.ToString(), out _);
                BucketPolicy.TryParse(json[..(at % json.Length)], "bkt", out _);
            }

            return true;
        }));

    // Allow and NotPrincipal do not go together.
    private static string Included(string principals) => principals.Replace("not:", string.Empty, StringComparison.Ordinal);

    private static string[][] Everything { get; } = [["all", "Allow", "*", "*", "*", "if", ""]];

    private static string[][] Numbered(string[][] statements) =>
        [.. statements.Select(static (statement, index) => (string[])[$"s{index}", .. statement[1..]])];

    private static Gen<T[]> Few<T>(Gen<T> of, int most) => from count in Gen.Choose(0, most) from items in of.ArrayOf(count) select items;

    /// <summary>JSON of any shape, with the words of policies so that the parsers get far.</summary>
    private static Gen<string> Json(int depth)
    {
        var text = Gen.Elements(
            "Statement", "statements", "Version", "version", "2012-10-17", "v1alpha1", "name", "Sid", "Effect", "effect", "Allow", "Deny", "Principal",
            "principals", "NotPrincipal", "AWS", "*", "Action", "actions", "s3:GetObject", "s3:*", "Resource", "resources", "arn:aws:s3:::bkt/*",
            "Condition", "conditions", "StringEquals", "IpAddress", "aws:SourceIp", "10.0.0.0/8", "s3:max-keys", "NumericEquals", "", "\\ud800", "\\u0000")
            .Select(static word => $"\"{word}\"");
        var scalar = Gen.OneOf(text, text, Gen.Elements("null", "true", "false", "0", "-1e400", "1.5"));
        if (depth == 0)
        {
            return scalar;
        }

        var inner = Json(depth - 1);
        return Gen.OneOf(
            scalar,
            Few(inner, 4).Select(static items => $"[{string.Join(',', items)}]"),
            Few(from name in text from value in inner select $"{name}:{value}", 6).Select(static items => $"{{{string.Join(',', items)}}}"));
    }

    /// <summary>Policies and a request, in the words of the decision tables.</summary>
    private sealed record Situation(string[][] Access, string[][] Bucket, string[] Request)
    {
        public AccessDecision Decide() => AccessEvaluator.Evaluate(new RequestWords(Request.Skip(3)).Request(
            Request[0], Request[1], Request[2], Access.Length == 0 ? [] : [StatementWords.Access("p", Access.Select(Words))],
            Bucket.Length == 0 ? null : StatementWords.Bucket("bkt", Bucket.Select(Words))));

        public string BucketJson() => StatementWords.Bucket("bkt", (Bucket.Length == 0 ? [["s", "Allow", "*", "s3:*", "*"]] : Bucket).Select(Words)).Json;

        public string AccessJson() => StatementWords.Access("p", (Access.Length == 0 ? Everything : Access).Select(Words)).Json;

        public override string ToString() =>
            $"access [{string.Join("; ", Access.Select(static s => string.Join(' ', s)))}] bucket [{string.Join("; ", Bucket.Select(static s => string.Join(' ', s)))}] " +
            $"request [{string.Join(' ', Request)}] -> {Decide()}";

        private static string[] Words(string[] statement) => statement is [.. var words, "if", ""] ? words : statement;
    }
}
