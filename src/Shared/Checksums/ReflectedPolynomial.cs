using System.Numerics;

namespace EdgeCache.Shared.Checksums;

/// <summary>
/// Arithmetic on polynomials over GF(2) modulo the generator of a CRC. Polynomials are bit-reflected, as the CRCs of S3 are: the most
/// significant bit of <typeparamref name="T"/> is the coefficient of x^0. The generator's own leading term is implied.
/// </summary>
/// <typeparam name="T">An unsigned integer as wide as the CRC.</typeparam>
internal sealed class ReflectedPolynomial<T>
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    /// <summary>Enough squarings for x^n with n up to 8 x <see cref="long.MaxValue"/>.</summary>
    private const int Powers = 66;

    private readonly T _generator;
    private readonly T[] _squares = new T[Powers];

    public ReflectedPolynomial(T generator)
    {
        _generator = generator;
        _squares[0] = Monomial(1);
        for (var i = 1; i < Powers; i++)
        {
            _squares[i] = Multiply(_squares[i - 1], _squares[i - 1]);
        }
    }

    /// <summary>The degree of the generator: the width of the CRC in bits.</summary>
    public int Degree { get; } = int.CreateChecked(T.PopCount(T.AllBitsSet));

    /// <summary>value x X modulo the generator.</summary>
    public T MultiplyByX(T value) => T.IsOddInteger(value) ? (value >>> 1) ^ _generator : value >>> 1;

    /// <summary>left x right modulo the generator.</summary>
    public T Multiply(T left, T right)
    {
        var product = T.Zero;
        for (var bit = Monomial(0); bit != T.Zero; bit >>>= 1)
        {
            if ((left & bit) != T.Zero)
            {
                product ^= right;
            }

            right = MultiplyByX(right);
        }

        return product;
    }

    /// <summary>x^exponent modulo the generator.</summary>
    public T PowerOfX(UInt128 exponent)
    {
        var product = Monomial(0);
        for (var i = 0; exponent != 0; i++, exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                product = Multiply(product, _squares[i]);
            }
        }

        return product;
    }

    /// <summary>The CRC of two byte strings joined, from the CRC of each and the length of the second in bytes.</summary>
    public T Combine(T first, T second, long secondLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondLength);
        return Multiply(first, PowerOfX((UInt128)(ulong)secondLength * 8)) ^ second;
    }

    private T Monomial(int exponent) => T.One << (Degree - 1 - exponent);
}
