using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace EdgeCache.Shared.Checksums;

/// <summary>
/// Shortens data to 16 bytes with the same remainder modulo a generator, by carry-less multiplication (Gopal et al., "Fast CRC Computation for
/// Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009). It works alike for every reflected generator of up to 64 bits.
/// </summary>
/// <remarks>
/// Sixteen bytes loaded in memory order are a reflected polynomial: lane 0 carries x^127..x^64, lane 1 x^63..x^0. To move such a block d bits
/// ahead, lane 0 is multiplied by x^(d+64) and lane 1 by x^d. The product of two reflected 64-bit lanes comes out multiplied by x, so the
/// constants below have an exponent one less.
/// </remarks>
internal sealed class CarrylessFold
{
    /// <summary>The shortest input that can be folded, in bytes: four vectors.</summary>
    public const int MinLength = 4 * VectorLength;

    /// <summary>The length of what is left after folding, in bytes.</summary>
    public const int VectorLength = 16;

    /// <summary>The shortest input, in bytes, for which wide vectors are used: four of them.</summary>
    private const int MinWideLength = 4 * WideVectorLength;
    private const int WideVectorLength = 64;

    private readonly Vector128<ulong> _ahead128;
    private readonly Vector128<ulong> _ahead512;
    private readonly Vector512<ulong> _ahead512Wide;
    private readonly Vector512<ulong> _ahead2048Wide;
    private readonly bool _isWide;

    private CarrylessFold(Vector128<ulong> ahead128, Vector128<ulong> ahead512, Vector128<ulong> ahead2048, bool isWide)
    {
        _ahead128 = ahead128;
        _ahead512 = ahead512;
        _ahead512Wide = Repeat(ahead512);
        _ahead2048Wide = Repeat(ahead2048);
        _isWide = isWide;
    }

    /// <summary>Whether this processor multiplies without carries.</summary>
    public static bool IsSupported => Pclmulqdq.IsSupported || (ArmAes.IsSupported && BitConverter.IsLittleEndian);

    /// <summary>Whether it does so in vectors of 512 bits.</summary>
    public static bool IsWideSupported => Vector512.IsHardwareAccelerated && Pclmulqdq.V512.IsSupported;

    /// <summary>Computes the constants of a generator.</summary>
    /// <param name="polynomial">The generator's arithmetic.</param>
    /// <param name="wide">Whether to use vectors of 512 bits, where they are supported.</param>
    public static CarrylessFold For<T>(ReflectedPolynomial<T> polynomial, bool wide)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        return new CarrylessFold(Ahead(128), Ahead(512), Ahead(2048), wide && IsWideSupported);

        Vector128<ulong> Ahead(int bits) => Vector128.Create(Lane(bits + 64 - 1), Lane(bits - 1));

        // A lane's top bit is x^0 whatever the width of the CRC.
        ulong Lane(int exponent) => ulong.CreateChecked(polynomial.PowerOfX((UInt128)(uint)exponent)) << (64 - polynomial.Degree);
    }

    /// <summary>Folds as many whole vectors of <paramref name="data"/> as there are, at least <see cref="MinLength"/> bytes.</summary>
    /// <param name="state">The CRC register before the data.</param>
    /// <param name="data">The data.</param>
    /// <param name="left">How many bytes at the end of the data were not folded: fewer than 16.</param>
    /// <returns>16 bytes that stand for the register and all folded data: the CRC goes on from a zero register with these.</returns>
    public Vector128<ulong> Fold(ulong state, ReadOnlySpan<byte> data, out int left)
    {
        Debug.Assert(data.Length >= MinLength, "the caller checks");
        ref var current = ref MemoryMarshal.GetReference(data);
        left = data.Length;
        Vector128<ulong> x0, x1, x2, x3;
        if (IsWideSupported && _isWide && left >= MinWideLength)
        {
            // One wide vector is the same as the four narrow ones that the rest goes on with.
            var wide = FoldWide(state, ref current, ref left);
            current = ref Unsafe.Add(ref current, data.Length - left);
            (x0, x1) = (wide.GetLower().GetLower(), wide.GetLower().GetUpper());
            (x2, x3) = (wide.GetUpper().GetLower(), wide.GetUpper().GetUpper());
        }
        else
        {
            x0 = Load(ref current, 0) ^ Vector128.CreateScalar(state);
            x1 = Load(ref current, 1);
            x2 = Load(ref current, 2);
            x3 = Load(ref current, 3);
            current = ref Unsafe.Add(ref current, MinLength);
            left -= MinLength;
        }

        while (left >= MinLength)
        {
            x0 = Advance(x0, _ahead512) ^ Load(ref current, 0);
            x1 = Advance(x1, _ahead512) ^ Load(ref current, 1);
            x2 = Advance(x2, _ahead512) ^ Load(ref current, 2);
            x3 = Advance(x3, _ahead512) ^ Load(ref current, 3);
            current = ref Unsafe.Add(ref current, MinLength);
            left -= MinLength;
        }

        x1 ^= Advance(x0, _ahead128);
        x2 ^= Advance(x1, _ahead128);
        x3 ^= Advance(x2, _ahead128);
        while (left >= VectorLength)
        {
            x3 = Advance(x3, _ahead128) ^ Load(ref current, 0);
            current = ref Unsafe.Add(ref current, VectorLength);
            left -= VectorLength;
        }

        return x3;
    }

    private Vector512<ulong> FoldWide(ulong state, ref byte start, ref int left)
    {
        ref var current = ref start;
        var y0 = LoadWide(ref current, 0) ^ Vector512.CreateScalar(state);
        var y1 = LoadWide(ref current, 1);
        var y2 = LoadWide(ref current, 2);
        var y3 = LoadWide(ref current, 3);
        current = ref Unsafe.Add(ref current, MinWideLength);
        left -= MinWideLength;
        while (left >= MinWideLength)
        {
            y0 = AdvanceWide(y0, _ahead2048Wide) ^ LoadWide(ref current, 0);
            y1 = AdvanceWide(y1, _ahead2048Wide) ^ LoadWide(ref current, 1);
            y2 = AdvanceWide(y2, _ahead2048Wide) ^ LoadWide(ref current, 2);
            y3 = AdvanceWide(y3, _ahead2048Wide) ^ LoadWide(ref current, 3);
            current = ref Unsafe.Add(ref current, MinWideLength);
            left -= MinWideLength;
        }

        y1 ^= AdvanceWide(y0, _ahead512Wide);
        y2 ^= AdvanceWide(y1, _ahead512Wide);
        return y3 ^ AdvanceWide(y2, _ahead512Wide);
    }

    private static Vector512<ulong> Repeat(Vector128<ulong> value) =>
        Vector512.Create(Vector256.Create(value, value), Vector256.Create(value, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> LoadWide(ref byte start, nuint vector) =>
        Vector512.LoadUnsafe(ref start, vector * WideVectorLength).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> AdvanceWide(Vector512<ulong> value, Vector512<ulong> by) =>
        Pclmulqdq.V512.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(value, by, 0x11);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte start, nuint vector) =>
        Vector128.LoadUnsafe(ref start, vector * VectorLength).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Advance(Vector128<ulong> value, Vector128<ulong> by) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11)
        : ArmAes.PolynomialMultiplyWideningLower(value.GetLower(), by.GetLower()) ^ ArmAes.PolynomialMultiplyWideningUpper(value, by);
}
