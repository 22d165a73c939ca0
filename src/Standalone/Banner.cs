using System.Globalization;
using System.Text;

namespace EdgeCache.Standalone;

/// <summary>What a person sees once everything is up: the endpoints, the first key, and a line to paste for each stock client.</summary>
internal static class Banner
{
    public static string Format(BootstrapDocument bootstrap, string dataDirectory)
    {
        var edge = bootstrap.AcceleratedEndpoint;
        var host = new Uri(edge).Authority;
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        Line($"EdgeCache is ready. Data is kept in {Path.GetFullPath(dataDirectory)}");
        Line($"");
        Line($"  accelerated endpoint  {edge}   (edge {DeploymentNames.Edge(0)})");
        foreach (var region in bootstrap.Regions)
        {
            Line($"  origin {region.Name}           {region.Endpoint}");
        }

        Line($"  control plane         {bootstrap.ControlPlaneEndpoint}");
        foreach (var metrics in bootstrap.MetricsEndpoints)
        {
            Line($"  metrics               {metrics}");
        }

        Line($"");
        Line($"  access key id         {bootstrap.AccessKeyId}");
        Line($"  secret key            {bootstrap.SecretKey}");
        Line($"  API token             {bootstrap.ApiToken}");
        Line($"  operator token        {bootstrap.OperatorToken}");
        Line($"");
        Line($"Paste one of these:");
        Line($"");
        Line($"  # aws-cli");
        Line($"  export AWS_ACCESS_KEY_ID={bootstrap.AccessKeyId} AWS_SECRET_ACCESS_KEY={bootstrap.SecretKey} AWS_DEFAULT_REGION=us-east-1");
        Line($"  aws --endpoint-url {edge} s3 mb s3://models");
        Line($"");
        Line($"  # s3cmd");
        Line($"  s3cmd --no-ssl --host={host} --host-bucket={host} --access_key={bootstrap.AccessKeyId} --secret_key={bootstrap.SecretKey} ls");
        Line($"");
        Line($"  # rclone");
        Line($"  rclone lsd \":s3,provider=Other,endpoint='{edge}',access_key_id={bootstrap.AccessKeyId},secret_access_key={bootstrap.SecretKey}:\"");
        Line($"");
        Line($"  # boto3");
        Line($"  python3 -c \"import boto3; print(boto3.client('s3', endpoint_url='{edge}', region_name='us-east-1', aws_access_key_id='{bootstrap.AccessKeyId}', aws_secret_access_key='{bootstrap.SecretKey}').list_buckets()['Buckets'])\"");
        Line($"");
        Line($"The same is in {Path.Combine(Path.GetFullPath(dataDirectory), BootstrapDocument.FileName)}. Ctrl-C stops everything.");
        return text.ToString();
    }
}
