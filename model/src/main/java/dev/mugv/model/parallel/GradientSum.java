package dev.mugv.model.parallel;

import dev.mugv.kernels.FlatSum;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.parallel.FlatBucket.Slice;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterSet.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * How the gradients of an update's samples become one sum, whichever ranks computed them. A trainer asks which samples it has to
 * compute together ({@link #parts}), and says before and after each such part that its gradients are added to those of the {@link
 * ParameterSet}. At the end each rank's own slices of the gradients hold the sum over all samples, the rest of the memory something
 * partial.
 *
 * <p>While the last part runs back, {@link #complete} says which piece of the model has all its gradients: its buckets are on
 * their way while the rest is still computed.
 */
public final class GradientSum {
    private final ParameterSet parameters;
    private final Ranks ranks;
    private final List<FlatBucket> buckets;
    private final List<FloatBuffer> gradients;
    private final SliceExchange exchange;
    private final Ranks replica;
    private final List<List<Slice>> counted;
    private final List<List<FloatBuffer>> spare = new ArrayList<>();
    private final List<List<FloatBuffer>> sums = new ArrayList<>();
    private final Set<String> complete = new HashSet<>();
    private final Set<Integer> started = new HashSet<>();
    private List<Integer> joins = List.of();
    private int begun;

    /** @param parameters trainable; the same on all ranks */
    public GradientSum(ParameterSet parameters, Ranks ranks) {
        this(parameters, ranks, FlatBucket.of(parameters));
    }

    GradientSum(ParameterSet parameters, Ranks ranks, List<FlatBucket> buckets) {
        this(parameters, TrainingGroups.ofSamples(ranks), name -> true, buckets);
    }

    /**
     * Of a model that several ranks may hold together.
     *
     * @param parameters this rank's part, the same on all ranks among which samples are divided
     * @param counts which of them this rank is to count in the norm, where others of its replica hold the same values
     */
    public GradientSum(ParameterSet parameters, TrainingGroups groups, Predicate<String> counts) {
        this(parameters, groups, counts, FlatBucket.of(parameters));
    }

    private GradientSum(
            ParameterSet parameters, TrainingGroups groups, Predicate<String> counts, List<FlatBucket> buckets) {
        this.parameters = parameters;
        this.ranks = groups.samples();
        this.replica = groups.replica();
        this.counted = replica.size() == 1
                ? List.of()
                : buckets.stream().map(bucket -> counted(bucket, counts)).toList();
        this.buckets = buckets;
        this.gradients = parameters.gradientBuckets();
        this.exchange = new SliceExchange(ranks.data());
    }

    /** The ranks whose gradients are summed. */
    public Ranks ranks() {
        return ranks;
    }

    /**
     * Begins an update, whose gradients are zero.
     *
     * @param samples how many the update has, over all ranks
     * @return numbers of the samples that this rank computes; those of one list are computed together
     */
    public List<List<Integer>> parts(int samples) {
        begun = 0;
        complete.clear();
        started.clear();
        List<List<Integer>> parts = switch (ranks.mode()) {
            case EXACT -> {
                List<SampleTree.Leaf> branch = SampleTree.branch(samples, ranks.rank(), ranks.size());
                joins = branch.stream().map(SampleTree.Leaf::joins).toList();
                yield branch.stream().map(leaf -> List.of(leaf.sample())).toList();
            }
            case FAST -> {
                List<Integer> own = IntStream.range(0, samples)
                        .filter(sample -> sample % ranks.size() == ranks.rank())
                        .boxed()
                        .toList();
                joins = own.isEmpty() ? List.of() : List.of(0);
                yield own.isEmpty() ? List.of() : List.of(own);
            }
        };
        return parts;
    }

    /** To be called before a part's gradients are added, in the order of {@link #parts}. */
    public void begin() {
        if (begun > 0) {
            List<FloatBuffer> before = spare.isEmpty() ? likeGradients() : spare.remove(spare.size() - 1);
            for (int i = 0; i < gradients.size(); i++) {
                before.get(i).put(0, gradients.get(i), 0, gradients.get(i).limit());
            }
            sums.add(before);
            parameters.zeroGradients();
        }
        begun++;
    }

    /** Whether the part that has begun is this rank's last. */
    public boolean isLast() {
        return begun == joins.size();
    }

    /**
     * Says that no gradient of this piece will change any more; only while the last part runs back.
     *
     * @param piece the beginning of its parameters' names: {@code blocks.3.}
     */
    public void complete(String piece) {
        if (!isLast()) {
            throw new IllegalStateException("piece " + piece + " is complete before the last part of the update");
        }
        complete.add(piece);
        for (FlatBucket bucket : buckets) {
            if (!started.contains(bucket.index()) && complete.containsAll(bucket.pieces())) {
                start(bucket);
            }
        }
    }

    /** To be called when a part's gradients have been added. */
    public void end() {
        if (!isLast()) {
            for (int join = 0; join < joins.get(begun - 1); join++) {
                List<FloatBuffer> before = sums.remove(sums.size() - 1);
                for (int i = 0; i < gradients.size(); i++) {
                    FlatSum.add(gradients.get(i), before.get(i));
                }
                spare.add(before);
            }
        }
    }

    /** Waits until this rank's own slices hold the sum of all ranks. A rank without a part takes part in this alone. */
    public void finish() {
        for (FlatBucket bucket : buckets) {
            if (!started.contains(bucket.index())) {
                start(bucket);
            }
        }
        exchange.finishReductions(gradients);
        spare.addAll(sums);
        sums.clear();
    }

    /** Gives every rank the weights of all slices, after each has updated its own. */
    public void gatherWeights() {
        exchange.gather(buckets, parameters.weightBuckets());
    }

    /** Which elements' optimizer state is this rank's, in the order of the set. */
    public List<OwnedRange> owned() {
        return owned(ranks.rank());
    }

    /** The same for any rank. */
    public List<OwnedRange> owned(int rank) {
        List<OwnedRange> owned = new ArrayList<>();
        for (Place place : parameters.places()) {
            long size = place.shape().size();
            for (FlatBucket bucket : buckets) {
                if (bucket.memory() != place.bucket()) {
                    continue;
                }
                Slice slice = bucket.slice(rank, ranks.size());
                long first = Math.max(place.start(), slice.start());
                long end = Math.min(place.start() + size, (long) slice.start() + slice.count());
                if (first < end) {
                    owned.add(new OwnedRange(place.shape(), first - place.start(), end - first));
                }
            }
        }
        return owned;
    }

    /** Where in memory the parameters of a bucket are that this rank counts. */
    private List<Slice> counted(FlatBucket bucket, Predicate<String> counts) {
        return parameters.places().stream()
                .filter(place -> place.bucket() == bucket.memory()
                        && place.start() >= bucket.start()
                        && place.start() < bucket.start() + bucket.count()
                        && counts.test(place.shape().name()))
                .map(place ->
                        new Slice(place.start(), Math.toIntExact(place.shape().size())))
                .toList();
    }

    /**
     * Global norm of the summed gradients, from the squares of every block in one order: the same bits on every rank, and
     * whatever the number of ranks among which samples are divided. Not finite as soon as one gradient is not.
     */
    public double norm() {
        double[] squares =
                new double[buckets.stream().mapToInt(FlatBucket::blocks).sum()];
        int before = 0;
        for (FlatBucket bucket : buckets) {
            FloatBuffer memory = gradients.get(bucket.memory());
            int end = bucket.firstBlock(ranks.rank() + 1, ranks.size());
            for (int block = bucket.firstBlock(ranks.rank(), ranks.size()); block < end; block++) {
                Slice slice = bucket.block(block);
                squares[before + block] = replica.size() == 1
                        ? GradientNorm.squareSum(memory, slice.start(), slice.count())
                        : countedSquares(memory, slice, counted.get(bucket.index()));
            }
            before += bucket.blocks();
        }
        double[] parts = new double[replica.size()];
        for (double square : ranks.sums(squares)) {
            parts[replica.rank()] += square;
        }
        double sum = 0;
        for (double part : replica.sums(parts)) {
            sum += part;
        }
        return Math.sqrt(sum);
    }

    private static double countedSquares(FloatBuffer memory, Slice block, List<Slice> counted) {
        double sum = 0;
        for (Slice each : counted) {
            int first = Math.max(block.start(), each.start());
            int end = Math.min(block.start() + block.count(), each.start() + each.count());
            if (first < end) {
                sum += GradientNorm.squareSum(memory, first, end - first);
            }
        }
        return sum;
    }

    /** Names the first gradient that is not finite, the same one on every rank. */
    public Optional<String> firstNonFinite() {
        List<Place> places = parameters.places();
        double[] found = new double[places.size()];
        for (OwnedRange range : owned()) {
            FloatBuffer values = parameters.gradient(range.parameter().name());
            boolean isBad = GradientNorm.firstNonFinite(values, (int) range.first(), (int) range.count())
                    .isPresent();
            found[indexOf(places, range)] += isBad ? 1 : 0;
        }
        double[] all = ranks.sums(found);
        for (int place = 0; place < all.length; place++) {
            if (all[place] > 0) {
                return Optional.of("the gradient of '%s' is not finite"
                        .formatted(places.get(place).shape().name()));
            }
        }
        return Optional.empty();
    }

    private static int indexOf(List<Place> places, OwnedRange range) {
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).shape().equals(range.parameter())) {
                return i;
            }
        }
        throw new IllegalStateException(
                "no parameter is called " + range.parameter().name());
    }

    private void start(FlatBucket bucket) {
        FloatBuffer own = bucket.of(gradients);
        // The joins of the last part, bucket by bucket as they are complete.
        int last = joins.isEmpty() ? 0 : joins.get(joins.size() - 1);
        for (int join = 0; join < last; join++) {
            FlatSum.add(own, bucket.of(sums.get(sums.size() - 1 - join)));
        }
        exchange.startReduction(bucket, gradients.get(bucket.memory()));
        started.add(bucket.index());
    }

    private List<FloatBuffer> likeGradients() {
        return gradients.stream()
                .map(each -> ByteBuffer.allocateDirect(each.limit() * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer())
                .toList();
    }
}
