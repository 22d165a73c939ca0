using System.Buffers.Binary;
using System.Text.Json;

namespace EdgeCache.Load.Data;

/// <summary>
/// The header of a safetensors file (https://github.com/huggingface/safetensors#format): 8 bytes, the little-endian length of the JSON that
/// follows; the JSON, one member per tensor with <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>, and <c>__metadata__</c>, a map of
/// strings, padded with spaces so that the data starts at a multiple of 8; then the tensors' bytes, without a hole.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyList<TensorSpec> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The format's own limit on the length of the JSON.</summary>
    public const long MaxJsonLength = 100_000_000;

    private const int Prefix = 8;
    private const string MetadataName = "__metadata__";

    /// <summary>The bytes of all tensors.</summary>
    public long DataLength => Tensors.Sum(tensor => tensor.ByteLength);

    /// <summary>The header as it stands in the file: length, JSON, padding. The tensors follow in the order of <see cref="Tensors"/>.</summary>
    public byte[] Encode()
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[Prefix]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            foreach (var (name, value) in Metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in Tensors)
            {
                WriteTensor(json, tensor, offset);
                offset += tensor.ByteLength;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        var bytes = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - Prefix));
        return bytes;
    }

    /// <summary>
    /// Reads and checks a header from the start of <paramref name="file"/> and leaves the position at the first tensor. Throws
    /// <see cref="FormatException"/> for all that the format forbids: tensors that overlap or leave a hole, a length that is not the shape's,
    /// names twice, bytes behind the last tensor.
    /// </summary>
    public static SafetensorsHeader Read(Stream file)
    {
        Span<byte> prefix = stackalloc byte[Prefix];
        if (file.ReadAtLeast(prefix, Prefix, throwOnEndOfStream: false) < Prefix)
        {
            throw new FormatException("shorter than the length of its header");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is 0 or > MaxJsonLength || (long)length > file.Length - Prefix)
        {
            throw new FormatException($"header length {length} is not possible in a file of {file.Length} bytes");
        }

        var bytes = new byte[(int)length];
        file.ReadExactly(bytes);
        if (bytes[0] != (byte)'{')
        {
            throw new FormatException("the header does not begin with '{'");
        }

        SafetensorsHeader header;
        try
        {
            header = Parse(bytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"the header is not what the format asks for: {e.Message}", e);
        }

        var end = Prefix + (long)length + header.DataLength;
        return file.Length == end ? header : throw new FormatException($"the file has {file.Length} bytes, its header says {end}");
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorSpec tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.DType);
        WriteNumbers(json, "shape", tensor.Shape);
        WriteNumbers(json, "data_offsets", [offset, offset + tensor.ByteLength]);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static SafetensorsHeader Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var placed = new List<(TensorSpec Tensor, long Begin, long End)>();
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (!names.Add(member.Name))
            {
                throw new FormatException($"{member.Name} stands twice in the header");
            }

            if (member.NameEquals(MetadataName))
            {
                foreach (var entry in member.Value.EnumerateObject())
                {
                    metadata[entry.Name] = entry.Value.GetString() ?? throw new FormatException($"metadata {entry.Name} is not a string");
                }

                continue;
            }

            var shape = member.Value.GetProperty("shape").EnumerateArray().Select(number => number.GetInt64()).ToArray();
            var offsets = member.Value.GetProperty("data_offsets").EnumerateArray().Select(number => number.GetInt64()).ToArray();
            if (offsets.Length != 2)
            {
                throw new FormatException($"tensor {member.Name}: data_offsets are not two numbers");
            }

            placed.Add((new TensorSpec(member.Name, member.Value.GetProperty("dtype").GetString() ?? "", shape), offsets[0], offsets[1]));
        }

        var next = 0L;
        placed.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        foreach (var (tensor, begin, end) in placed)
        {
            if (begin != next || end - begin != tensor.ByteLength)
            {
                throw new FormatException($"tensor {tensor.Name}: data_offsets [{begin},{end}], expected [{next},{next + tensor.ByteLength}]");
            }

            next = end;
        }

        return new SafetensorsHeader([.. placed.Select(entry => entry.Tensor)], metadata);
    }
}
