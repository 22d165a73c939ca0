using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Testing;

namespace EdgeCache.EndToEnd.Tests.Clients;

/// <summary>boto3 with its default transfer configuration, through the accelerated endpoint.</summary>
public sealed class Boto3Tests(SharedDeployment deployment)
{
    private const string Script = """
        import boto3, os, sys, filecmp
        from concurrent.futures import ThreadPoolExecutor
        work, bucket = sys.argv[1], sys.argv[2]
        s3 = boto3.client('s3', endpoint_url=os.environ['EDGECACHE_ENDPOINT'])
        s3.create_bucket(Bucket=bucket)
        up, down = os.path.join(work, 'up'), os.path.join(work, 'down')
        with open(up, 'wb') as f: f.write(os.urandom(20_000_001))
        s3.upload_file(up, bucket, 'dir/large', ExtraArgs={'Metadata': {'step': '12'}})
        for attempt in range(2):
            s3.download_file(bucket, 'dir/large', down)
            assert filecmp.cmp(up, down, shallow=False), 'bytes differ'
        head = s3.head_object(Bucket=bucket, Key='dir/large')
        assert head['Metadata'] == {'step': '12'}, head
        assert head['ETag'].endswith('-3"'), head['ETag']
        s3.put_object(Bucket=bucket, Key='dir/small', Body=b'one')
        assert s3.get_object(Bucket=bucket, Key='dir/small')['Body'].read() == b'one'
        s3.put_object(Bucket=bucket, Key='dir/small', Body=b'two')
        assert s3.get_object(Bucket=bucket, Key='dir/small')['Body'].read() == b'two', 'a read after an overwrite through the same edge is stale'
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: s3.put_object(Bucket=bucket, Key=f'many/{i:04}', Body=str(i).encode()), range(120)))
        keys = [o['Key'] for page in s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix='many/', PaginationConfig={'PageSize': 50}) for o in page['Contents']]
        assert keys == [f'many/{i:04}' for i in range(120)], keys
        s3.copy({'Bucket': bucket, 'Key': 'dir/large'}, bucket, 'dir/copy')
        assert s3.head_object(Bucket=bucket, Key='dir/copy')['ContentLength'] == 20_000_001
        try:
            s3.get_object(Bucket=bucket, Key='missing'); raise SystemExit('found what is not there')
        except s3.exceptions.NoSuchKey: pass
        every = [{'Key': k} for k in keys] + [{'Key': 'dir/large'}, {'Key': 'dir/copy'}, {'Key': 'dir/small'}]
        assert len(s3.delete_objects(Bucket=bucket, Delete={'Objects': every})['Deleted']) == len(every)
        try:
            s3.get_object(Bucket=bucket, Key='dir/small'); raise SystemExit('read what was deleted')
        except s3.exceptions.NoSuchKey: pass
        s3.delete_bucket(Bucket=bucket)
        print('ok')
        """;

    [Fact]
    public async Task Uploads_downloads_lists_copies_and_deletes()
    {
        using var directory = new TempDirectory();
        var cancellation = TestContext.Current.CancellationToken;
        var python = ClientTool.Find("python3").Select(p => deployment.Tool(p, directory.Path)).ToList();
        var script = Path.Combine(directory.Path, "script.py");
        await File.WriteAllTextAsync(script, Script, cancellation);
        var ran = 0;
        foreach (var interpreter in python)
        {
            if ((await interpreter.TryRunAsync(cancellation, "-c", "import boto3")).ExitCode == 0)
            {
                Assert.Equal("ok", (await interpreter.RunAsync(cancellation, script, directory.Path, deployment.NewBucketName())).Trim());
                ran++;
            }
        }

        Assert.SkipUnless(ran > 0, "boto3 is not installed");
    }
}
