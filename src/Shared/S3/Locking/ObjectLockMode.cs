namespace EdgeCache.Shared.S3.Locking;

/// <summary>How strictly a retention holds (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html">S3 Object Lock</see>).</summary>
public enum ObjectLockMode
{
    /// <summary>Who has <c>s3:BypassGovernanceRetention</c> and says so may delete the version or shorten its retention.</summary>
    Governance,

    /// <summary>Nobody may, until the retention has ended.</summary>
    Compliance,
}

/// <summary>The modes as headers and documents name them.</summary>
public static class ObjectLockModes
{
    /// <summary><c>GOVERNANCE</c> or <c>COMPLIANCE</c>.</summary>
    public static string Name(ObjectLockMode mode) => mode switch
    {
        ObjectLockMode.Governance => "GOVERNANCE",
        ObjectLockMode.Compliance => "COMPLIANCE",
    };

    /// <summary>Reads a name, upper case only as S3 does.</summary>
    public static bool TryParse(string? name, out ObjectLockMode mode)
    {
        mode = name == "COMPLIANCE" ? ObjectLockMode.Compliance : ObjectLockMode.Governance;
        return name is "GOVERNANCE" or "COMPLIANCE";
    }
}
