package dev.mugv.model.curation;

import dev.mugv.kernels.CounterNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Finds pairs of similar embeddings among millions: not all pairs are compared, only those that share one of 64 buckets.
 *
 * <p>Embeddings are kept as bytes with a scale each (a cosine is off by some 1e-4). The mean of all is taken from each, because
 * embeddings of learned models lie in a narrow cone; what remains goes through three rounds of random signs and a Hadamard transform
 * (Andoni et al. 2015, "Practical and optimal LSH for angular distance"), and its signs are a sketch of 1024 bits. Each 16 of
 * them are a bucket. Pairs of a bucket are compared by their sketches, and those that are near by their cosine. After the mean is taken,
 * two embeddings of cosine 0.9 share a bucket with probability 0.996, of 0.95 with 0.99999; the sketches of unrelated ones differ in 512 bits
 * of 1024, give or take 16.
 *
 * <p>Same input and seed, same pairs, whatever the number of threads.
 */
public final class EmbeddingComparison {
    private static final int BITS = 1024;
    private static final int WORDS = BITS / 64;
    private static final int BUCKETS = 1 << 16;
    private static final int TABLES = BITS / 16;
    private static final int ROUNDS = 3;

    /** Bits in which sketches may differ to be compared by cosine: a third of what unrelated ones do, and 0.6 of cosine. */
    private static final int NEAR = 300;

    /** Larger buckets hold many of one thing; in them each is compared with the next ones in the order of sketches only. */
    private static final int LARGE = 2048;

    private static final int NEIGHBOURS = 64;

    private final int dimensions;
    private final double minSimilarity;
    private final long seed;
    private final List<byte[]> values = new ArrayList<>();

    /**
     * @param dimensions of each embedding, 2 to 1024
     * @param minSimilarity smallest cosine of a pair
     */
    public EmbeddingComparison(int dimensions, double minSimilarity, long seed) {
        if (dimensions < 2 || dimensions > BITS) {
            throw new IllegalArgumentException("dimensions: expected 2 to " + BITS + ", found " + dimensions);
        }
        if (!(minSimilarity > 0 && minSimilarity <= 1)) {
            throw new IllegalArgumentException("minSimilarity: expected above 0 to 1, found " + minSimilarity);
        }
        this.dimensions = dimensions;
        this.minSimilarity = minSimilarity;
        this.seed = seed;
    }

    /**
     * Two similar embeddings, by the order in which they were added.
     *
     * @param similarity their cosine
     */
    public record Pair(int first, int second, double similarity) {}

    /** Adds an embedding; its length does not matter. One that is not finite, or zero, resembles nothing. */
    public void add(float[] embedding) {
        if (embedding.length != dimensions) {
            throw new IllegalArgumentException("expected " + dimensions + " numbers, found " + embedding.length);
        }
        float most = 0;
        for (float value : embedding) {
            most = Math.max(most, Math.abs(value));
        }
        byte[] bytes = new byte[dimensions];
        for (int at = 0; at < dimensions && most > 0 && Float.isFinite(most); at++) {
            bytes[at] = (byte) Math.round(127 * embedding[at] / most);
        }
        values.add(bytes);
    }

    /** How many were added. */
    public int size() {
        return values.size();
    }

    /** Compares everything added; the pairs in order. */
    public List<Pair> compare(int threads) {
        double[] norms = new double[size()];
        float[] mean = mean(norms);
        long[] sketches = new long[Math.multiplyExact(size(), WORDS)];
        float[][] signs = signs();
        List<Pair> pairs = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            int chunk = Math.max(1, size() / (8 * threads) + 1);
            List<Future<?>> made = new ArrayList<>();
            for (int first = 0; first < size(); first += chunk) {
                int from = first;
                int end = Math.min(size(), first + chunk);
                made.add(pool.submit(() -> sketch(from, end, new Frame(mean, norms, signs), sketches)));
            }
            for (Future<?> part : made) {
                part.get();
            }
            List<Future<List<Pair>>> found = new ArrayList<>();
            for (int number = 0; number < TABLES; number++) {
                int table = number;
                found.add(pool.submit(() -> new Table(table, sketches, norms).pairs()));
            }
            for (Future<List<Pair>> part : found) {
                pairs.addAll(part.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while comparing embeddings", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a part of the comparison failed", e);
        } finally {
            pool.shutdownNow();
        }
        pairs.sort(Comparator.comparingInt(Pair::first).thenComparingInt(Pair::second));
        return pairs;
    }

    /** Mean of the normalised embeddings; lengths of the bytes are left in {@code norms}. */
    private float[] mean(double[] norms) {
        double[] sum = new double[dimensions];
        for (int number = 0; number < size(); number++) {
            byte[] bytes = values.get(number);
            norms[number] = Math.sqrt(dot(bytes, bytes));
            double scale = norms[number] == 0 ? 0 : 1 / norms[number];
            for (int at = 0; at < dimensions; at++) {
                sum[at] += scale * bytes[at];
            }
        }
        float[] mean = new float[dimensions];
        for (int at = 0; at < dimensions; at++) {
            mean[at] = (float) (sum[at] / Math.max(1, size()));
        }
        return mean;
    }

    private static int dot(byte[] one, byte[] other) {
        int sum = 0;
        for (int at = 0; at < one.length; at++) {
            sum += one[at] * other[at];
        }
        return sum;
    }

    private float[][] signs() {
        float[][] signs = new float[ROUNDS][BITS];
        for (int round = 0; round < ROUNDS; round++) {
            CounterNoise noise = CounterNoise.of(seed, "embedding-signs", round);
            for (int at = 0; at < BITS; at++) {
                signs[round][at] = noise.uniform(at) < 0.5 ? -1 : 1;
            }
        }
        return signs;
    }

    /** What sketches are made with; equality is never asked. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Frame(float[] mean, double[] norms, float[][] signs) {}

    private void sketch(int first, int end, Frame frame, long[] sketches) {
        float[] turned = new float[BITS];
        for (int number = first; number < end; number++) {
            Arrays.fill(turned, 0);
            byte[] bytes = values.get(number);
            float scale = frame.norms[number] == 0 ? 0 : (float) (1 / frame.norms[number]);
            for (int at = 0; at < dimensions; at++) {
                turned[at] = scale * bytes[at] - frame.mean[at];
            }
            for (float[] signs : frame.signs) {
                for (int at = 0; at < BITS; at++) {
                    turned[at] *= signs[at];
                }
                hadamard(turned);
            }
            for (int at = 0; at < BITS; at++) {
                if (turned[at] > 0) {
                    sketches[number * WORDS + (at >> 6)] |= 1L << at;
                }
            }
        }
    }

    /** In place; not divided by the root of the length, which no sign depends on. */
    private static void hadamard(float[] values) {
        for (int half = 1; half < values.length; half *= 2) {
            for (int block = 0; block < values.length; block += 2 * half) {
                for (int at = block; at < block + half; at++) {
                    float one = values[at];
                    float other = values[at + half];
                    values[at] = one + other;
                    values[at + half] = one - other;
                }
            }
        }
    }

    /** One table: everything by 16 bits of the sketches. */
    private final class Table {
        private final int table;
        private final long[] sketches;
        private final double[] norms;
        private final List<Pair> found = new ArrayList<>();

        Table(int table, long[] sketches, double[] norms) {
            this.table = table;
            this.sketches = sketches;
            this.norms = norms;
        }

        private int bucket(int number) {
            return (int) (sketches[number * WORDS + table / 4] >>> (16 * (table % 4))) & (BUCKETS - 1);
        }

        List<Pair> pairs() {
            int[] starts = new int[BUCKETS + 1];
            for (int number = 0; number < norms.length; number++) {
                starts[bucket(number) + 1]++;
            }
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                starts[bucket + 1] += starts[bucket];
            }
            int[] order = new int[norms.length];
            int[] next = starts.clone();
            for (int number = 0; number < norms.length; number++) {
                order[next[bucket(number)]++] = number;
            }
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                members(Arrays.copyOfRange(order, starts[bucket], starts[bucket + 1]));
            }
            return found;
        }

        private void members(int[] members) {
            int reach = members.length;
            int[] sequence = members;
            if (members.length > LARGE) {
                reach = NEIGHBOURS;
                sequence = Arrays.stream(members)
                        .boxed()
                        .sorted(this::bySketch)
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
            // Side by side, so that all pairs of a bucket are read from the nearest cache.
            long[] near = new long[sequence.length * WORDS];
            for (int at = 0; at < sequence.length; at++) {
                System.arraycopy(sketches, sequence[at] * WORDS, near, at * WORDS, WORDS);
            }
            for (int one = 0; one < sequence.length; one++) {
                int end = Math.min(sequence.length, one + 1 + reach);
                for (int other = one + 1; other < end; other++) {
                    int distance = 0;
                    for (int word = 0; word < WORDS; word++) {
                        distance += Long.bitCount(near[one * WORDS + word] ^ near[other * WORDS + word]);
                    }
                    if (distance <= NEAR) {
                        consider(sequence[one], sequence[other]);
                    }
                }
            }
        }

        private int bySketch(int one, int other) {
            int compared = 0;
            for (int word = 0; word < WORDS && compared == 0; word++) {
                compared = Long.compare(sketches[one * WORDS + word], sketches[other * WORDS + word]);
            }
            return compared == 0 ? Integer.compare(one, other) : compared;
        }

        /** A pair that met in an earlier table was considered there. */
        private void consider(int one, int other) {
            int first = Math.min(one, other);
            int second = Math.max(one, other);
            if (norms[first] == 0 || norms[second] == 0 || haveMet(first, second)) {
                return;
            }
            double similarity = dot(values.get(first), values.get(second)) / (norms[first] * norms[second]);
            if (similarity >= minSimilarity) {
                found.add(new Pair(first, second, similarity));
            }
        }

        private boolean haveMet(int first, int second) {
            for (int earlier = 0; earlier < table; earlier++) {
                long differs = sketches[first * WORDS + earlier / 4] ^ sketches[second * WORDS + earlier / 4];
                if ((differs >>> (16 * (earlier % 4)) & (BUCKETS - 1)) == 0) {
                    return true;
                }
            }
            return false;
        }
    }
}
