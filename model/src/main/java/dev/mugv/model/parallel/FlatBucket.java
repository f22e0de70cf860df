package dev.mugv.model.parallel;

import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterSet.Place;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Consecutive parameters whose gradients are reduced together, cut into blocks of one length. A rank's slice of a bucket is a run
 * of its blocks, so that a block is always one rank's.
 *
 * @param index among all buckets, in the order of memory
 * @param memory index into the buffers of the {@link ParameterSet}
 * @param start first element there
 * @param count elements
 * @param block elements of a block; the last one may be shorter
 * @param pieces of the model whose parameters lie here, see {@link #piece}
 */
record FlatBucket(int index, int memory, int start, int count, int block, Set<String> pieces) {
    /** So much is worth a message of its own: 16 MiB. */
    private static final int TARGET = 4 << 20;

    private static final int SMALLEST_BLOCK = 1 << 10;
    /** So that what is said of every block stays small beside the blocks. */
    private static final int MOST_BLOCKS = 1 << 16;

    /** What is neither a block of the transformer nor its head: complete when the backward pass has ended. */
    static final String OUTSIDE = "";

    /** A run of elements in memory. */
    record Slice(int start, int count) {
        FloatBuffer of(FloatBuffer memory) {
            return memory.slice(start, count);
        }
    }

    FlatBucket {
        pieces = Set.copyOf(pieces);
    }

    /** The piece of the model that a parameter belongs to: {@code blocks.3.}, {@code final_layer.} or the rest. */
    static String piece(String parameter) {
        String[] parts = parameter.split("\\.", 3);
        return switch (parts[0]) {
            case "blocks" -> "blocks." + parts[1] + ".";
            case "final_layer" -> "final_layer.";
            default -> OUTSIDE;
        };
    }

    /** The buckets of a set: a function of names and shapes alone, whatever the number of ranks. */
    static List<FlatBucket> of(ParameterSet parameters) {
        return of(parameters, TARGET);
    }

    static List<FlatBucket> of(ParameterSet parameters, int target) {
        List<FloatBuffer> memory = parameters.weightBuckets();
        long all = memory.stream().mapToLong(FloatBuffer::limit).sum();
        int block = SMALLEST_BLOCK;
        while (all / block > MOST_BLOCKS) {
            block *= 2;
        }
        List<FlatBucket> buckets = new ArrayList<>();
        List<Place> places = parameters.places();
        int first = 0;
        while (first < places.size()) {
            Place begin = places.get(first);
            Set<String> pieces = new TreeSet<>();
            int next = first;
            int end = begin.start();
            while (next < places.size()
                    && places.get(next).bucket() == begin.bucket()
                    && end - begin.start() < target) {
                pieces.add(piece(places.get(next).shape().name()));
                next++;
                end = end(places, next, begin.bucket(), memory);
            }
            buckets.add(
                    new FlatBucket(buckets.size(), begin.bucket(), begin.start(), end - begin.start(), block, pieces));
            first = next;
        }
        return List.copyOf(buckets);
    }

    private static int end(List<Place> places, int next, int bucket, List<FloatBuffer> memory) {
        return next < places.size() && places.get(next).bucket() == bucket
                ? places.get(next).start()
                : memory.get(bucket).limit();
    }

    int blocks() {
        return (count + block - 1) / block;
    }

    /** The elements of some block. */
    Slice block(int number) {
        return new Slice(start + number * block, Math.min(block, count - number * block));
    }

    /** First of the blocks of a rank; that of the rank behind the last is the number of blocks. */
    int firstBlock(int rank, int ranks) {
        return (int) ((long) blocks() * rank / ranks);
    }

    /** The elements that are a rank's; may be none. */
    Slice slice(int rank, int ranks) {
        int from = Math.min(count, firstBlock(rank, ranks) * block);
        int to = Math.min(count, firstBlock(rank + 1, ranks) * block);
        return new Slice(start + from, to - from);
    }

    FloatBuffer of(List<FloatBuffer> buffers) {
        return buffers.get(memory).slice(start, count);
    }
}
