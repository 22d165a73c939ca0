using System.Buffers.Binary;
using System.Numerics;

namespace EdgeCache.Shared.Checksums;

/// <summary>
/// A reflected CRC whose register starts as all ones and is inverted at the end, which is what all CRCs of S3 are. Values given and returned are
/// finished CRCs, so that 0 stands for no data, and appending goes on from any of them.
/// </summary>
/// <typeparam name="T">An unsigned integer as wide as the CRC.</typeparam>
internal sealed class ReflectedCrc<T>
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    private const int Slices = 16;

    private readonly ReflectedPolynomial<T> _polynomial;
    private readonly CarrylessFold _fold;

    /// <summary>Row k holds what a byte contributes when k more bytes follow it.</summary>
    private readonly T[] _table = new T[Slices * 256];

    /// <param name="generator">The generator, reflected, without its leading term.</param>
    /// <param name="wideFold">False keeps folding to narrow vectors on a processor that has wide ones, to test what others do.</param>
    public ReflectedCrc(T generator, bool wideFold = true)
    {
        _polynomial = new ReflectedPolynomial<T>(generator);
        _fold = CarrylessFold.For(_polynomial, wideFold);
        for (var b = 0; b < 256; b++)
        {
            var value = T.CreateChecked(b);
            for (var bit = 0; bit < 8; bit++)
            {
                value = _polynomial.MultiplyByX(value);
            }

            _table[b] = value;
        }

        for (var i = 256; i < _table.Length; i++)
        {
            var previous = _table[i - 256];
            _table[i] = Shift(previous) ^ _table[Low(previous)];
        }
    }

    /// <summary>The CRC of the data behind <paramref name="crc"/> followed by <paramref name="data"/>, by the fastest way there is.</summary>
    public T Append(T crc, ReadOnlySpan<byte> data) =>
        CarrylessFold.IsSupported && data.Length >= CarrylessFold.MinLength ? AppendByFolding(crc, data) : AppendByTable(crc, data);

    /// <summary>The same by table look-ups alone, 16 bytes a step.</summary>
    public T AppendByTable(T crc, ReadOnlySpan<byte> data) => ~Run(~crc, data);

    /// <summary>The same by carry-less multiplication; for at least <see cref="CarrylessFold.MinLength"/> bytes, where it is supported.</summary>
    public T AppendByFolding(T crc, ReadOnlySpan<byte> data)
    {
        var folded = _fold.Fold(ulong.CreateTruncating(~crc), data, out var left);
        return ~Run(Step(folded[0], folded[1]), data[^left..]);
    }

    /// <inheritdoc cref="ReflectedPolynomial{T}.Combine"/>
    public T Combine(T first, T second, long secondLength) => _polynomial.Combine(first, second, secondLength);

    private T Run(T register, ReadOnlySpan<byte> data)
    {
        while (data.Length >= Slices)
        {
            register = Step(
                BinaryPrimitives.ReadUInt64LittleEndian(data) ^ ulong.CreateTruncating(register),
                BinaryPrimitives.ReadUInt64LittleEndian(data[sizeof(ulong)..]));
            data = data[Slices..];
        }

        foreach (var value in data)
        {
            register = Shift(register) ^ _table[Low(register) ^ value];
        }

        return register;
    }

    /// <summary>The register after 16 bytes, the first of which are already combined with the register before them.</summary>
    private T Step(ulong a, ulong b)
    {
        var table = _table;
        return
            table[(15 * 256) + (byte)a] ^ table[(14 * 256) + (byte)(a >> 8)] ^
            table[(13 * 256) + (byte)(a >> 16)] ^ table[(12 * 256) + (byte)(a >> 24)] ^
            table[(11 * 256) + (byte)(a >> 32)] ^ table[(10 * 256) + (byte)(a >> 40)] ^
            table[(9 * 256) + (byte)(a >> 48)] ^ table[(8 * 256) + (byte)(a >> 56)] ^
            table[(7 * 256) + (byte)b] ^ table[(6 * 256) + (byte)(b >> 8)] ^
            table[(5 * 256) + (byte)(b >> 16)] ^ table[(4 * 256) + (byte)(b >> 24)] ^
            table[(3 * 256) + (byte)(b >> 32)] ^ table[(2 * 256) + (byte)(b >> 40)] ^
            table[256 + (byte)(b >> 48)] ^ table[(byte)(b >> 56)];
    }

    private static T Shift(T register) => register >>> 8;

    private static byte Low(T register) => byte.CreateTruncating(register);
}
