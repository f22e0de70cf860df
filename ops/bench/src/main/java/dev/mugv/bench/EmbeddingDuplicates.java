package dev.mugv.bench;

import dev.mugv.model.curation.EmbeddingComparison;
import dev.mugv.model.curation.EmbeddingComparison.Pair;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Near-duplicates among many embeddings: how long the product takes, and how many of the planted pairs it finds.
 *
 * <p>Arguments: embeddings (1000000), dimensions (768), planted pairs (10000), threads (2). Embeddings lie in a cone, as those of learned
 * models do: unrelated ones have a cosine of 0.5. Copies have cosines of 0.91 to 0.99. What is measured is taking embeddings in and
 * comparing them; making them is not.
 */
final class EmbeddingDuplicates {
    private static final double MIN_SIMILARITY = 0.9;
    private static final int BLOCK = 4096;

    private final int count;
    private final int dimensions;
    private final int planted;
    private final float[] common;

    private EmbeddingDuplicates(int count, int dimensions, int planted) {
        this.count = count;
        this.dimensions = dimensions;
        this.planted = planted;
        common = random(-1);
    }

    public static void main(String[] arguments) {
        int[] numbers = {1_000_000, 768, 10_000, 2};
        for (int at = 0; at < arguments.length; at++) {
            numbers[at] = Integer.parseInt(arguments[at]);
        }
        new EmbeddingDuplicates(numbers[0], numbers[1], numbers[2]).run(numbers[3]);
    }

    private void run(int threads) {
        EmbeddingComparison comparison = new EmbeddingComparison(dimensions, MIN_SIMILARITY, 1);
        double taken = 0;
        double takenProcessor = 0;
        for (int first = 0; first < count; first += BLOCK) {
            float[][] block = new float[Math.min(BLOCK, count - first)][];
            for (int at = 0; at < block.length; at++) {
                block[at] = embedding(first + at);
            }
            double processor = ProcessorTime.seconds();
            long start = System.nanoTime();
            for (float[] embedding : block) {
                comparison.add(embedding);
            }
            taken += (System.nanoTime() - start) / 1e9;
            takenProcessor += ProcessorTime.seconds() - processor;
        }
        double processor = ProcessorTime.seconds();
        long start = System.nanoTime();
        List<Pair> pairs = comparison.compare(threads);
        double compared = (System.nanoTime() - start) / 1e9;
        double comparedProcessor = ProcessorTime.seconds() - processor;
        System.out.printf(
                Locale.ROOT,
                "%d embeddings of %d, %d threads: taken in %.1f s (processor %.1f s), compared in %.1f s (processor %.1f s)%n",
                count,
                dimensions,
                threads,
                taken,
                takenProcessor,
                compared,
                comparedProcessor);
        report(pairs);
        System.out.printf(
                Locale.ROOT,
                "heap in use %.1f GiB%n",
                (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / (double) (1L << 30));
    }

    private void report(List<Pair> pairs) {
        Set<Long> found = new HashSet<>();
        pairs.forEach(pair -> found.add((long) pair.first() << 32 | pair.second()));
        int[] of = new int[3];
        int[] hit = new int[3];
        int others = pairs.size();
        for (int copy = 0; copy < planted; copy++) {
            double cosine = cosine(embedding(copy), embedding(count - planted + copy));
            if (cosine >= MIN_SIMILARITY) {
                int bin = cosine < 0.93 ? 0 : cosine < 0.96 ? 1 : 2;
                boolean isFound = found.contains((long) copy << 32 | (count - planted + copy));
                of[bin]++;
                hit[bin] += isFound ? 1 : 0;
                others -= isFound ? 1 : 0;
            }
        }
        int all = of[0] + of[1] + of[2];
        int hits = hit[0] + hit[1] + hit[2];
        System.out.printf(
                Locale.ROOT,
                "planted pairs found: %d of %d (recall %.4f); of cosine 0.90 to 0.93 %d of %d, to 0.96 %d of %d, above %d of %d; other pairs %d%n",
                hits,
                all,
                hits / (double) all,
                hit[0],
                of[0],
                hit[1],
                of[1],
                hit[2],
                of[2],
                others);
    }

    /** The last ones are copies of the first. */
    private float[] embedding(int number) {
        boolean isCopy = number >= count - planted;
        int origin = isCopy ? number - (count - planted) : number;
        float[] values = random(origin);
        for (int at = 0; at < dimensions; at++) {
            values[at] += common[at];
        }
        if (isCopy) {
            float strength = 0.2f + 0.42f * (origin % 1000) / 1000;
            float[] noise = random(-2L - origin);
            for (int at = 0; at < dimensions; at++) {
                values[at] += strength * noise[at];
            }
        }
        return values;
    }

    private float[] random(long number) {
        SplittableRandom random = new SplittableRandom(number * 0x9E3779B97F4A7C15L + 17);
        float[] values = new float[dimensions];
        for (int at = 0; at < dimensions; at++) {
            values[at] = (random.nextInt() >> 8) / (float) (1 << 23);
        }
        return values;
    }

    private static double cosine(float[] one, float[] other) {
        double dot = 0;
        double left = 0;
        double right = 0;
        for (int at = 0; at < one.length; at++) {
            dot += one[at] * other[at];
            left += one[at] * one[at];
            right += other[at] * other[at];
        }
        return dot / Math.sqrt(left * right);
    }
}
