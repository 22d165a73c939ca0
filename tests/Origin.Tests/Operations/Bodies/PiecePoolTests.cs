using EdgeCache.Origin.Operations.Bodies;

namespace EdgeCache.Origin.Tests.Operations.Bodies;

public sealed class PiecePoolTests
{
    [Theory]
    [InlineData(PiecePool.MinPiece, 1, 2 * PiecePool.MinPiece)]
    [InlineData(PiecePool.MaxPiece, 1, PiecePool.MaxPiece)]
    [InlineData(PiecePool.MaxPiece, 100, PiecePool.MaxPiece)]
    [InlineData(64 << 10, 100, 64 << 10)]
    [InlineData(PiecePool.MaxPiece, 1000, PiecePool.MinPiece)]
    public void A_piece_is_as_large_as_the_one_before_it_was_fast(int size, int milliseconds, int next) =>
        Assert.Equal(next, PiecePool.SizeAfter(size, TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void All_larger_pieces_together_are_bounded_and_then_there_are_small_ones()
    {
        var pool = new PiecePool();
        var large = Enumerable.Range(0, (int)(PiecePool.Budget / PiecePool.MaxPiece)).Select(_ => pool.Rent(PiecePool.MaxPiece)).ToList();
        Assert.All(large, static p => Assert.Equal(PiecePool.MaxPiece, p.Size));
        Assert.Equal(PiecePool.Budget, pool.Held);

        using (var beyond = pool.Rent(2 * PiecePool.MinPiece))
        {
            Assert.Equal((PiecePool.MinPiece, PiecePool.MinPiece), (beyond.Size, beyond.Memory.Length));
        }

        using var small = pool.Rent(100);
        Assert.Equal(100, small.Size);
        large[0].Dispose();
        large[0].Dispose(); // gives back once
        Assert.Equal(PiecePool.Budget - PiecePool.MaxPiece, pool.Held);
        using var again = pool.Rent(PiecePool.MaxPiece);
        Assert.Equal(PiecePool.MaxPiece, again.Size);
        large.ForEach(static p => p.Dispose());
    }
}
