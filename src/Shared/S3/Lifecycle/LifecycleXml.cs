using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Xml;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.S3.Lifecycle;

/// <summary>The document's form. What a rule may say is <see cref="LifecycleConfiguration"/>'s to check.</summary>
internal static class LifecycleXml
{
    private const string Root = "LifecycleConfiguration";

    /// <summary>The most tags of a filter.</summary>
    private const int MaxTags = 10;

    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static LifecycleConfiguration? Read(ReadOnlyMemory<byte> document) => S3XmlCursor.Parse(document, Root, static cursor =>
    {
        var rules = ImmutableArray.CreateBuilder<LifecycleRule>();
        foreach (var child in cursor.Children())
        {
            if (child != "Rule" || rules.Count == LifecycleConfiguration.MaxRules)
            {
                return null;
            }

            rules.Add(ReadRule(cursor));
        }

        return rules.Count == 0 ? null : new LifecycleConfiguration(rules.DrainToImmutable());
    });

    public static byte[] Write(LifecycleConfiguration configuration) => S3XmlWriter.Document(Root, configuration, static (w, configuration) =>
    {
        foreach (var rule in configuration.Rules)
        {
            w.Group("Rule", rule, WriteRule);
        }
    });

    private static LifecycleRule ReadRule(S3XmlCursor cursor)
    {
        string? id = null, prefix = null, status = null;
        LifecycleFilter? filter = null;
        var rule = new LifecycleRule { Id = string.Empty, IsEnabled = false };
        foreach (var child in cursor.Children())
        {
            switch (child)
            {
                case "ID":
                    id = cursor.Text();
                    break;
                case "Prefix":
                    prefix = cursor.Text();
                    break;
                case "Status":
                    status = cursor.Text();
                    break;
                case "Filter":
                    filter = ReadFilter(cursor, new LifecycleFilter());
                    break;
                case "Expiration":
                    var expiration = ReadTimes(cursor);
                    rule = rule with { Expiration = Ends(expiration) };
                    break;
                case "Transition":
                    var transition = ReadTimes(cursor);
                    rule = rule with { Transitions = rule.Transitions.Add(Moves(transition)) };
                    break;
                case "NoncurrentVersionExpiration":
                    var ends = ReadTimes(cursor);
                    rule = rule with { NoncurrentExpiration = new NoncurrentExpiration(ends.NoncurrentDays ?? throw Bad(), ends.Newer) };
                    break;
                case "NoncurrentVersionTransition":
                    var moves = ReadTimes(cursor);
                    rule = rule with
                    {
                        NoncurrentTransitions = rule.NoncurrentTransitions.Add(
                            new NoncurrentTransition(moves.NoncurrentDays ?? throw Bad(), moves.Newer, moves.StorageClass ?? throw Bad())),
                    };
                    break;
                case "AbortIncompleteMultipartUpload":
                    rule = rule with { AbortUploadAfterDays = ReadTimes(cursor).DaysAfterInitiation ?? throw Bad() };
                    break;
                default:
                    throw Bad();
            }
        }

        if (status is not ("Enabled" or "Disabled") || (prefix is null) == (filter is null))
        {
            throw Bad();
        }

        return rule with
        {
            Id = string.IsNullOrEmpty(id) ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)) : id,
            IsEnabled = status == "Enabled",
            HasFilter = filter is not null,
            Filter = filter ?? new LifecycleFilter { Prefix = prefix! },
        };
    }

    private static LifecycleExpiration Ends(in Times times) =>
        (times.Days is null ? 0 : 1) + (times.Date is null ? 0 : 1) + (times.ExpiredMarker is null ? 0 : 1) == 1
            ? new LifecycleExpiration(times.Days, times.Date, times.ExpiredMarker)
            : throw Bad();

    private static LifecycleTransition Moves(in Times times) =>
        (times.Days is null) != (times.Date is null)
            ? new LifecycleTransition(times.Days, times.Date, times.StorageClass ?? throw Bad())
            : throw Bad();

    /// <summary>What And holds counts like what stands beside it: Ceph's suite writes both at once.</summary>
    private static LifecycleFilter ReadFilter(S3XmlCursor cursor, LifecycleFilter filter)
    {
        foreach (var child in cursor.Children())
        {
            filter = child switch
            {
                "And" => ReadFilter(cursor, filter),
                "Prefix" => filter with { Prefix = Both(filter.Prefix, cursor.Text()) },
                "Tag" when filter.Tags.Length < MaxTags => filter with { Tags = filter.Tags.Add(ReadTag(cursor)) },
                "ObjectSizeGreaterThan" => filter with { SizeGreaterThan = Size(cursor) },
                "ObjectSizeLessThan" => filter with { SizeLessThan = Size(cursor) },
                _ => throw Bad(),
            };
        }

        return filter;
    }

    private static string Both(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) ? one : other.StartsWith(one, StringComparison.Ordinal) ? other : throw Bad();

    private static LifecycleTag ReadTag(S3XmlCursor cursor)
    {
        string? key = null, value = null;
        foreach (var child in cursor.Children())
        {
            _ = child switch
            {
                "Key" => key = cursor.Text(),
                "Value" => value = cursor.Text(),
                _ => throw Bad(),
            };
        }

        return string.IsNullOrEmpty(key) || value is null ? throw Bad() : new LifecycleTag(key, value);
    }

    private static Times ReadTimes(S3XmlCursor cursor)
    {
        var times = default(Times);
        foreach (var child in cursor.Children())
        {
            var text = cursor.Text().Trim();
            times = child switch
            {
                "Days" => times with { Days = Number(text) },
                "Date" => times with { Date = Date(text) },
                "ExpiredObjectDeleteMarker" => times with { ExpiredMarker = bool.TryParse(text, out var flag) ? flag : throw Bad() },
                "StorageClass" => times with { StorageClass = text },
                "NoncurrentDays" => times with { NoncurrentDays = Number(text) },
                "NewerNoncurrentVersions" => times with { Newer = Number(text) },
                "DaysAfterInitiation" => times with { DaysAfterInitiation = Number(text) },
                _ => throw Bad(),
            };
        }

        return times;
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Bad();

    private static long Size(S3XmlCursor cursor) =>
        long.TryParse(cursor.Text().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Bad();

    private static DateTimeOffset Date(string text) =>
        DateTimeOffset.TryParseExact(
            text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : throw Bad();

    private static XmlException Bad() => new("not what a rule can hold");

    private static void WriteRule(XmlWriter w, LifecycleRule rule)
    {
        w.Text("ID", rule.Id);
        if (rule.HasFilter)
        {
            w.Group("Filter", rule.Filter, WriteFilter);
        }
        else
        {
            w.Text("Prefix", rule.Filter.Prefix);
        }

        w.Text("Status", rule.IsEnabled ? "Enabled" : "Disabled");
        foreach (var t in rule.Transitions)
        {
            w.Group("Transition", t, static (w, t) => WriteTimes(w, new Times { Days = t.Days, Date = t.Date, StorageClass = t.StorageClass }));
        }

        if (rule.Expiration is { } e)
        {
            w.Group("Expiration", e, static (w, e) => WriteTimes(w, new Times { Days = e.Days, Date = e.Date, ExpiredMarker = e.ExpiredObjectDeleteMarker }));
        }

        foreach (var t in rule.NoncurrentTransitions)
        {
            w.Group("NoncurrentVersionTransition", t, static (w, t) =>
                WriteTimes(w, new Times { NoncurrentDays = t.Days, Newer = t.NewerVersions, StorageClass = t.StorageClass }));
        }

        if (rule.NoncurrentExpiration is { } n)
        {
            w.Group("NoncurrentVersionExpiration", n, static (w, n) => WriteTimes(w, new Times { NoncurrentDays = n.Days, Newer = n.NewerVersions }));
        }

        if (rule.AbortUploadAfterDays is { } days)
        {
            w.Group("AbortIncompleteMultipartUpload", days, static (w, days) => WriteTimes(w, new Times { DaysAfterInitiation = days }));
        }
    }

    private static void WriteFilter(XmlWriter w, LifecycleFilter filter)
    {
        var parts = (filter.Prefix.Length > 0 ? 1 : 0) + filter.Tags.Length + (filter.SizeGreaterThan is null ? 0 : 1) + (filter.SizeLessThan is null ? 0 : 1);
        if (parts > 1)
        {
            w.Group("And", filter, WriteParts);
        }
        else
        {
            WriteParts(w, filter);
        }
    }

    private static void WriteParts(XmlWriter w, LifecycleFilter filter)
    {
        if (filter.Prefix.Length > 0 || !filter.IsOfContent)
        {
            w.Text("Prefix", filter.Prefix);
        }

        foreach (var tag in filter.Tags)
        {
            w.Group("Tag", tag, static (w, tag) =>
            {
                w.Text("Key", tag.Key);
                w.Text("Value", tag.Value);
            });
        }

        w.Number("ObjectSizeGreaterThan", filter.SizeGreaterThan);
        w.Number("ObjectSizeLessThan", filter.SizeLessThan);
    }

    private static void WriteTimes(XmlWriter w, Times times)
    {
        w.Number("Days", times.Days);
        if (times.Date is { } date)
        {
            w.Time("Date", date);
        }

        w.Text("ExpiredObjectDeleteMarker", times.ExpiredMarker is { } flag ? flag ? "true" : "false" : null);
        w.Number("NoncurrentDays", times.NoncurrentDays);
        w.Number("NewerNoncurrentVersions", times.Newer);
        w.Number("DaysAfterInitiation", times.DaysAfterInitiation);
        w.Text("StorageClass", times.StorageClass);
    }

    /// <summary>The elements that say when; no action has all of them.</summary>
    private readonly record struct Times(
        int? Days, DateTimeOffset? Date, bool? ExpiredMarker, string? StorageClass, int? NoncurrentDays, int? Newer, int? DaysAfterInitiation);
}
