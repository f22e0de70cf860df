package dev.mugv.model.train;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long each rank was busy with its own work, slowest first.
 *
 * @param ranks numbers of the ranks
 * @param seconds of the same ranks
 */
record StragglerRanking(List<Integer> ranks, List<Double> seconds) {
    private static final int SHOWN = 5;

    static StragglerRanking of(double[] busySeconds) {
        List<Integer> ranks = IntStream.range(0, busySeconds.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer rank) -> -busySeconds[rank]))
                .toList();
        return new StragglerRanking(
                ranks, ranks.stream().map(rank -> busySeconds[rank]).toList());
    }

    /** How much longer the slowest was busy than the middle one. */
    double slowestOverMedian() {
        double median = seconds.get(seconds.size() / 2);
        return median > 0 ? seconds.get(0) / median : 1;
    }

    /**
     * The slowest in words.
     *
     * @param nodes in the order of ranks, as many ranks on each
     */
    String words(List<String> nodes) {
        int each = Math.max(1, ranks.size() / nodes.size());
        String slowest = IntStream.range(0, Math.min(SHOWN, ranks.size()))
                .mapToObj(i -> "rank %d on %s %.2f s"
                        .formatted(
                                ranks.get(i),
                                nodes.get(Math.min(nodes.size() - 1, ranks.get(i) / each)),
                                seconds.get(i)))
                .collect(Collectors.joining(", "));
        return "slowest ranks since the last checkpoint: %s; the slowest is busy %.2f times as long as the middle one"
                .formatted(slowest, slowestOverMedian());
    }
}
