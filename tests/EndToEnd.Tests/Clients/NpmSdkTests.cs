using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>
/// <c>@aws-sdk/client-s3</c> and <c>@aws-sdk/lib-storage</c> through the accelerated endpoint. The environment variable
/// <c>EDGECACHE_NODE_MODULES</c> names the <c>node_modules</c> directory that has them.
/// </summary>
public sealed class NpmSdkTests(SharedDeployment deployment)
{
    private const string Script = """
        const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, DeleteObjectsCommand, DeleteBucketCommand } = require('@aws-sdk/client-s3');
        const { Upload } = require('@aws-sdk/lib-storage');
        const { Readable } = require('stream'), crypto = require('crypto'), assert = require('assert');
        (async () => {
          const Bucket = process.argv[2];
          const s3 = new S3Client({ endpoint: process.env.EDGECACHE_ENDPOINT, region: 'us-east-1', forcePathStyle: true });
          await s3.send(new CreateBucketCommand({ Bucket }));
          const body = crypto.randomBytes(12_000_001);
          await s3.send(new PutObjectCommand({ Bucket, Key: 'buffer', Body: body, Metadata: { a: 'b' } }));
          await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), ContentLength: body.length }));
          await new Upload({ client: s3, params: { Bucket, Key: 'upload', Body: Readable.from([body]) } }).done();
          for (const Key of ['buffer', 'stream', 'upload', 'upload']) {
            const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
            assert(body.equals(Buffer.from(await got.Body.transformToByteArray())), Key + ' differs');
          }
          const ranged = await s3.send(new GetObjectCommand({ Bucket, Key: 'upload', Range: 'bytes=4190000-4190999' }));
          assert(body.subarray(4190000, 4191000).equals(Buffer.from(await ranged.Body.transformToByteArray())), 'range differs');
          const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'buffer', ChecksumMode: 'ENABLED' }));
          assert.equal(head.Metadata.a, 'b'); assert(head.ChecksumCRC32, 'no checksum');
          const list = await s3.send(new ListObjectsV2Command({ Bucket }));
          assert.deepEqual(list.Contents.map(o => o.Key), ['buffer', 'stream', 'upload']);
          await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: list.Contents.map(o => ({ Key: o.Key })) } }));
          await s3.send(new DeleteBucketCommand({ Bucket }));
          console.log('ok');
        })().catch(e => { console.error(e); process.exit(1); });
        """;

    [Fact]
    public async Task Uploads_streams_reads_and_deletes()
    {
        var node = ClientTool.Find("node");
        var modules = Environment.GetEnvironmentVariable("EDGECACHE_NODE_MODULES");
        Assert.SkipUnless(node.Count > 0 && Directory.Exists(Path.Combine(modules ?? string.Empty, "@aws-sdk", "client-s3")),
            "node is not installed, or EDGECACHE_NODE_MODULES does not name a node_modules directory with @aws-sdk/client-s3");
        using var directory = new TempDirectory();
        var script = Path.Combine(directory.Path, "script.cjs");
        await File.WriteAllTextAsync(script, Script, TestContext.Current.CancellationToken);
        var tool = deployment.Tool(node[0], directory.Path).With("NODE_PATH", modules!);
        Assert.Equal("ok", (await tool.RunAsync(TestContext.Current.CancellationToken, script, deployment.NewBucketName())).Trim());
    }
}
