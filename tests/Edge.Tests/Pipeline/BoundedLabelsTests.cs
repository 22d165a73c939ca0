using EdgeCache.Edge.Pipeline;

namespace EdgeCache.Edge.Tests.Pipeline;

public sealed class BoundedLabelsTests
{
    [Fact]
    public void The_first_keep_their_names_and_all_others_share_one()
    {
        var labels = new BoundedLabels(2);
        Assert.Equal(["a", "b", "a", BoundedLabels.Other, "b", BoundedLabels.Other], ((string[])["a", "b", "a", "c", "b", "d"]).Select(labels.For));
    }
}
