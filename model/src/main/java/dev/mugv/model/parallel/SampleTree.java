package dev.mugv.model.parallel;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which the gradients of an update's samples are added: a tree over all of them, in which samples are joined whose
 * numbers differ in their highest bit first. So what a rank of 2, 4, 8... ranks adds up by itself is a branch of the tree that one
 * rank alone goes through, and the sum over ranks is its top: any power of two of ranks gives the same bits.
 *
 * <p>{@code T(stride, first)} is the sum over samples first, first + stride, first + 2 stride, ...: T(2 stride, first) + T(2 stride,
 * first + stride). Rank r of R has T(R, r).
 */
final class SampleTree {
    private SampleTree() {}

    /**
     * One sample of a branch.
     *
     * @param sample its number in the update
     * @param joins how many sums are joined, each with the one before it, once this sample's gradient is there
     */
    record Leaf(int sample, int joins) {}

    /** A rank's samples in the order of its branch: each is a sum of its own until it is joined. */
    static List<Leaf> branch(int samples, int rank, int ranks) {
        List<Leaf> leaves = new ArrayList<>();
        add(leaves, samples, ranks, rank);
        return leaves;
    }

    private static void add(List<Leaf> leaves, int samples, int stride, int first) {
        if (first >= samples) {
            return;
        }
        if (first + stride >= samples) {
            leaves.add(new Leaf(first, 0));
            return;
        }
        add(leaves, samples, 2 * stride, first);
        add(leaves, samples, 2 * stride, first + stride);
        Leaf last = leaves.remove(leaves.size() - 1);
        leaves.add(new Leaf(last.sample(), last.joins() + 1));
    }

    /** Adds up one value a rank, in place and in the tree's order; the result is one of them. */
    static <T> T top(List<T> ranks, Join<T> join) {
        return top(ranks, 1, 0, join);
    }

    private static <T> T top(List<T> ranks, int stride, int first, Join<T> join) {
        if (first + stride >= ranks.size()) {
            return ranks.get(first);
        }
        T left = top(ranks, 2 * stride, first, join);
        T right = top(ranks, 2 * stride, first + stride, join);
        join.addTo(left, right);
        return left;
    }

    /** Adds {@code right} to {@code left}, in place. */
    @FunctionalInterface
    interface Join<T> {
        void addTo(T left, T right);
    }
}
