using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeCache.Standalone;

/// <summary>
/// The secrets of a deployment, made on the first start and kept in <c>&lt;data&gt;/secrets.json</c> (mode 0600). The cluster secret is not
/// in <see cref="BootstrapDocument"/>, which users copy around. The operator's token is null in files that were written before there was an operator.
/// </summary>
internal sealed record DeploymentSecrets(string ClusterSecret, string AccessKeyId, string SecretKey, string ApiToken, string? OperatorToken)
{
    private const string FileName = "secrets.json";
    private const string UpperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static DeploymentSecrets LoadOrCreate(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (File.Exists(path))
        {
            var kept = JsonSerializer.Deserialize(File.ReadAllText(path), SecretsJson.Default.DeploymentSecrets)
                ?? throw new InvalidDataException($"{path} is empty.");
            return kept.OperatorToken is null ? Save(path, kept with { OperatorToken = NewOperatorToken() }) : kept;
        }

        return Save(path, new DeploymentSecrets(
            RandomNumberGenerator.GetString(Alphanumeric, 48),
            "CW" + RandomNumberGenerator.GetString(UpperAlphanumeric, 14),
            "cwo" + RandomNumberGenerator.GetString(Alphanumeric, 40),
            "cwt" + RandomNumberGenerator.GetString(Alphanumeric, 40),
            NewOperatorToken()));
    }

    private static string NewOperatorToken() => "cwp" + RandomNumberGenerator.GetString(Alphanumeric, 40);

    private static DeploymentSecrets Save(string path, DeploymentSecrets secrets)
    {
        PrivateFile.Write(path, JsonSerializer.Serialize(secrets, SecretsJson.Default.DeploymentSecrets) + "\n");
        return secrets;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DeploymentSecrets))]
internal sealed partial class SecretsJson : JsonSerializerContext;
