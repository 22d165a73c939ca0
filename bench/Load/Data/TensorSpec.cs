namespace EdgeCache.Load.Data;

/// <summary>One tensor of a checkpoint: its name, element type as safetensors spells it, and shape.</summary>
internal sealed record TensorSpec(string Name, string DType, IReadOnlyList<long> Shape)
{
    /// <summary>The bytes of one element of each type of the format; types narrower than a byte are not written here.</summary>
    private static readonly Dictionary<string, int> ElementSizes = new(StringComparer.Ordinal)
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["F8_E4M3"] = 1, ["F8_E5M2"] = 1, ["I16"] = 2, ["U16"] = 2, ["F16"] = 2, ["BF16"] = 2,
        ["I32"] = 4, ["U32"] = 4, ["F32"] = 4, ["I64"] = 8, ["U64"] = 8, ["F64"] = 8,
    };

    /// <summary>The tensor's size in bytes; throws <see cref="FormatException"/> for an unknown type or a negative or overflowing shape.</summary>
    public long ByteLength
    {
        get
        {
            if (!ElementSizes.TryGetValue(DType, out var size))
            {
                throw new FormatException($"tensor {Name}: unknown dtype {DType}");
            }

            long bytes = size;
            foreach (var dimension in Shape)
            {
                if (dimension < 0 || (dimension > 0 && bytes > long.MaxValue / dimension))
                {
                    throw new FormatException($"tensor {Name}: shape [{string.Join(',', Shape)}] is not a size");
                }

                bytes *= dimension;
            }

            return bytes;
        }
    }
}
