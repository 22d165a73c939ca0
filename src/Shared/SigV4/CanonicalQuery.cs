using System.Buffers;

namespace EdgeCache.Shared.SigV4;

/// <summary>The canonical query string: every parameter escaped anew, sorted by name and then by value, the signature itself left out.</summary>
internal static class CanonicalQuery
{
    /// <summary>The largest number of parameters of a signed request: it bounds the sorting.</summary>
    public const int MaxParameters = 256;

    /// <summary>Whether a raw query has at most <see cref="MaxParameters"/> parameters.</summary>
    public static bool IsBounded(ReadOnlySpan<char> rawQuery) => rawQuery.Count('&') < MaxParameters;

    /// <summary>Appends the canonical form of a raw query.</summary>
    public static void Append(ref CanonicalBuffer buffer, ReadOnlySpan<char> rawQuery)
    {
        if (rawQuery.IsEmpty)
        {
            return;
        }

        var parameters = ArrayPool<Parameter>.Shared.Rent(rawQuery.Count('&') + 1);
        var encoded = new CanonicalBuffer(stackalloc byte[512]);
        var count = 0;
        foreach (var range in rawQuery.Split('&'))
        {
            if (TryEncode(ref encoded, rawQuery[range], out var parameter))
            {
                Insert(parameters, count++, parameter, encoded.Written);
            }
        }

        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                buffer.Append((byte)'&');
            }

            buffer.Append(parameters[i].Whole(encoded.Written));
        }

        encoded.Dispose();
        ArrayPool<Parameter>.Shared.Return(parameters);
    }

    private static bool TryEncode(ref CanonicalBuffer encoded, ReadOnlySpan<char> raw, out Parameter parameter)
    {
        parameter = default;
        if (raw.IsEmpty)
        {
            return false;
        }

        var equals = raw.IndexOf('=');
        var start = encoded.Length;
        CanonicalUri.AppendQueryComponent(ref encoded, equals < 0 ? raw : raw[..equals]);
        var nameLength = encoded.Length - start;
        encoded.Append((byte)'=');
        CanonicalUri.AppendQueryComponent(ref encoded, equals < 0 ? default : raw[(equals + 1)..]);
        parameter = new Parameter(start, nameLength, encoded.Length - start);
        return !parameter.Name(encoded.Written).SequenceEqual("X-Amz-Signature"u8);
    }

    /// <summary>Insertion sort: clients mostly send parameters in order, and there are few.</summary>
    private static void Insert(Parameter[] sorted, int count, Parameter parameter, ReadOnlySpan<byte> encoded)
    {
        var at = count;
        while (at > 0 && Compare(parameter, sorted[at - 1], encoded) < 0)
        {
            sorted[at] = sorted[--at];
        }

        sorted[at] = parameter;
    }

    private static int Compare(Parameter left, Parameter right, ReadOnlySpan<byte> encoded)
    {
        var byName = left.Name(encoded).SequenceCompareTo(right.Name(encoded));
        return byName != 0 ? byName : left.Whole(encoded).SequenceCompareTo(right.Whole(encoded));
    }

    private readonly record struct Parameter(int Start, int NameLength, int Length)
    {
        public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> encoded) => encoded.Slice(Start, NameLength);

        public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> encoded) => encoded.Slice(Start, Length);
    }
}
