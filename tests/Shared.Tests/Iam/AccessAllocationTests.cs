using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Tests.Iam.Decisions;

namespace EdgeCache.Shared.Tests.Iam;

/// <summary>A decision is made on every hit of every edge: it must not feed the garbage collector.</summary>
public sealed class AccessAllocationTests
{
    [Fact]
    public void Deciding_allocates_nothing()
    {
        var policy = StatementWords.Bucket("bkt",
        [
            ["a", "Deny", "*", "s3:*", "bkt/secret/*"],
            ["b", "Deny", "*", "s3:GetObject", "bkt/*", "if", "NotIpAddress(aws:SourceIp)=192.0.2.0/24", "StringLike(aws:UserAgent)=*bot*"],
            ["c", "Allow", "org-b", "s3:Get*", "bkt/*/shard-??.bin", "if", "StringLike(aws:UserAgent)=aws-*", "DateLessThan(aws:CurrentTime)=2030-01-01",
                "StringEquals(s3:ExistingObjectTag/stage)=prod", "Bool(aws:SecureTransport)=false"],
        ]);
        var access = StatementWords.Access("p",
            [["ml", "Allow", "coreweave/*", "s3:*", "bkt/*", "if", "ForAnyValue:StringEquals(iam:org-b:groups)=ml", "StringLike(aws:username)=coreweave/*"]]);
        var request = new RequestWords(["groups=ops,ml", "h.user-agent=aws-cli/2", "tag.stage=prod"])
            .Request("org-b/coreweave/bob", "s3:GetObject", "bkt/a/shard-01.bin", [access], policy);
        Assert.Equal("c", AccessEvaluator.Evaluate(request).Statement);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            AccessEvaluator.Evaluate(request);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
