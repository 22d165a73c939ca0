namespace EdgeCache.Shared.S3.Locking;

/// <summary>The headers of requests and answers that tell of a version's lock.</summary>
public static class ObjectLockHeaders
{
    /// <summary>The mode of the retention.</summary>
    public const string Mode = "x-amz-object-lock-mode";

    /// <summary>The end of the retention.</summary>
    public const string RetainUntil = "x-amz-object-lock-retain-until-date";

    /// <summary><c>ON</c> or <c>OFF</c>.</summary>
    public const string LegalHold = "x-amz-object-lock-legal-hold";

    /// <summary>Asks that a retention in governance mode be passed over.</summary>
    public const string Bypass = "x-amz-bypass-governance-retention";

    /// <summary>Asks of CreateBucket that its objects can be locked.</summary>
    public const string BucketEnabled = "x-amz-bucket-object-lock-enabled";

    /// <summary>The text of a legal hold.</summary>
    public static string HoldText(bool isOn) => isOn ? "ON" : "OFF";

    /// <summary>Reads a legal hold, upper case only as S3 does.</summary>
    public static bool TryParseHold(string? text, out bool isOn)
    {
        isOn = text == "ON";
        return text is "ON" or "OFF";
    }
}
