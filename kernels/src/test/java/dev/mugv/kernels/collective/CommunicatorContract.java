package dev.mugv.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every communicator keeps. An implementation says how a world of ranks is run. */
abstract class CommunicatorContract {
    /** Runs the scenario of that name on every rank of a world, and throws what the first rank to fail threw. */
    abstract void run(int size, Scenario scenario) throws Exception;

    /** What one rank does and checks; enumerated, so that ranks of other processes can be told which. */
    enum Scenario {
        REDUCE_IN_ORDER(CommunicatorContract::reduceInOrder),
        ALL_TYPES(CommunicatorContract::allTypes),
        SCATTER_AND_GATHER(CommunicatorContract::scatterAndGather),
        BROADCAST(CommunicatorContract::broadcast),
        MESSAGES(CommunicatorContract::messages),
        OVERLAP(CommunicatorContract::overlap),
        GROUPS(CommunicatorContract::groups),
        LARGE(CommunicatorContract::large),
        NOTHING(CommunicatorContract::nothing),
        LATE(CommunicatorContract::late),
        ABSENT(CommunicatorContract::absent),
        NO_MESSAGE(CommunicatorContract::noMessage),
        ABORT(CommunicatorContract::abort),
        OTHER_COUNT(CommunicatorContract::otherCount);

        private final ThreadRanks.Body body;

        Scenario(ThreadRanks.Body body) {
            this.body = body;
        }

        ThreadRanks.Body body() {
            return body;
        }

        /** Whether it ends its world. */
        boolean isFailing() {
            return compareTo(ABSENT) >= 0;
        }

        /** Whether it makes sense with so many ranks. */
        boolean fits(int size) {
            return switch (this) {
                case LARGE, LATE, NOTHING -> size == 2;
                case GROUPS, OVERLAP -> size == 2 || size == 4;
                case ALL_TYPES, BROADCAST, MESSAGES -> size == 2 || size == 3;
                default -> true;
            };
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void sumsAreMadeInTheOrderOfRanksWithTheSameBitsOnEveryRank(int size) throws Exception {
        run(size, Scenario.REDUCE_IN_ORDER);
    }

    private static void reduceInOrder(Communicator world) {
        for (int count : new int[] {1, 2, 3, 7, 2048, 5001}) {
            Elements elements = Elements.allocate(NumberType.FP32, count);
            List<float[]> all = new ArrayList<>();
            for (int rank = 0; rank < world.size(); rank++) {
                all.add(values(rank, count));
            }
            elements.floats().put(0, all.get(world.rank()));
            world.allReduce(elements);
            for (int i = 0; i < count; i++) {
                float expected = all.get(0)[i];
                for (int rank = 1; rank < world.size(); rank++) {
                    expected += all.get(rank)[i];
                }
                assertThat(elements.floats().get(i)).isEqualTo(expected);
            }
        }
    }

    /** Of many magnitudes, so that another order would give other bits. */
    private static float[] values(int rank, int count) {
        Random random = new Random(71 + rank);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyTypeIsSummed(int size) throws Exception {
        run(size, Scenario.ALL_TYPES);
    }

    private static void allTypes(Communicator world) {
        int ranks = world.size();
        Elements fp64 = Elements.allocate(NumberType.FP64, 3);
        fp64.doubles().put(0, 1e-17).put(1, world.rank()).put(2, world.rank() == 0 ? Double.NaN : 1);
        world.allReduce(fp64);
        double small = 0;
        for (int rank = 0; rank < ranks; rank++) {
            small += 1e-17;
        }
        assertThat(fp64.doubles().get(0)).isEqualTo(small);
        assertThat(fp64.doubles().get(1)).isEqualTo(ranks * (ranks - 1) / 2.0);
        assertThat(fp64.doubles().get(2)).isNaN();

        Elements int64 = Elements.allocate(NumberType.INT64, 2);
        int64.longs().put(0, 1L << 60).put(1, -world.rank());
        world.allReduce(int64);
        assertThat(int64.longs().get(0)).isEqualTo((1L << 60) * ranks);
        assertThat(int64.longs().get(1)).isEqualTo(-(ranks * (ranks - 1)) / 2);

        // 256 + 3/4 (+ 3/4) is rounded once, to 256 or 258: bf16 has steps of 2 there. Rounded each time it would stay
        // 256.
        Elements bf16 = Elements.allocate(NumberType.BF16, 2);
        bf16.shorts().put(0, bits(world.rank() == 0 ? 256f : 0.75f)).put(1, bits(world.rank() == 1 ? Float.NaN : 1f));
        world.allReduce(bf16);
        assertThat(Float.intBitsToFloat(bf16.shorts().get(0) << 16)).isEqualTo(ranks == 2 ? 256f : 258f);
        assertThat(Float.intBitsToFloat(bf16.shorts().get(1) << 16)).isNaN();
    }

    private static short bits(float value) {
        return (short) (Float.floatToRawIntBits(value) >>> 16);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void scatteredSumsGatheredAreTheReducedSum(int size) throws Exception {
        run(size, Scenario.SCATTER_AND_GATHER);
    }

    private static void scatterAndGather(Communicator world) {
        int each = 1237;
        float[] values = values(world.rank(), each * world.size());
        Elements reduced = Elements.allocate(NumberType.FP32, values.length);
        reduced.floats().put(0, values);
        world.allReduce(reduced);
        Elements all = Elements.allocate(NumberType.FP32, values.length);
        all.floats().put(0, values);
        Elements own = Elements.allocate(NumberType.FP32, each);
        world.reduceScatter(all, own);
        assertThat(floats(all)).isEqualTo(values);
        assertThat(floats(own)).isEqualTo(floats(reduced.slice(world.rank() * each, each)));
        // In place: the own block is a view of its place among all, both ways.
        Elements place = all.slice(world.rank() * each, each);
        world.reduceScatter(all, place);
        assertThat(floats(place)).isEqualTo(floats(own));
        world.allGather(place, all);
        assertThat(floats(all)).isEqualTo(floats(reduced));
    }

    private static float[] floats(Elements elements) {
        float[] values = new float[elements.count()];
        FloatBuffer floats = elements.floats();
        floats.get(0, values);
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void broadcastsComeFromTheirRoot(int size) throws Exception {
        run(size, Scenario.BROADCAST);
    }

    private static void broadcast(Communicator world) {
        for (int root = 0; root < world.size(); root++) {
            Elements elements = Elements.allocate(NumberType.INT64, 5);
            elements.longs().put(4, 100 + world.rank());
            world.broadcast(elements, root);
            assertThat(elements.longs().get(4)).isEqualTo(100 + root);
            world.barrier();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void messagesAreMatchedByPeerAndTagAndKeepTheirOrder(int size) throws Exception {
        run(size, Scenario.MESSAGES);
    }

    private static void messages(Communicator world) {
        int next = (world.rank() + 1) % world.size();
        int before = (world.rank() + world.size() - 1) % world.size();
        List<PendingOperation> sends = new ArrayList<>();
        // Larger than what a library buffers: sends that wait for their receives must not hold up each other.
        int count = 200_000;
        for (int number = 0; number < 3; number++) {
            for (int tag : new int[] {7, 3}) {
                Elements elements = Elements.allocate(NumberType.FP32, count);
                elements.floats().put(count - 1, 100 * world.rank() + 10 * tag + number);
                sends.add(world.start(new Operation.Send(elements, next, tag)));
            }
        }
        for (int tag : new int[] {3, 7}) {
            for (int number = 0; number < 3; number++) {
                Elements elements = Elements.allocate(NumberType.FP32, count);
                world.receive(elements, before, tag);
                assertThat(elements.floats().get(count - 1)).isEqualTo(100 * before + 10 * tag + number);
            }
        }
        sends.forEach(PendingOperation::await);
        assertThat(sends).allMatch(PendingOperation::isDone);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void severalOperationsAreUnderWayAtOnce(int size) throws Exception {
        run(size, Scenario.OVERLAP);
    }

    private static void overlap(Communicator world) {
        List<Elements> buckets = new ArrayList<>();
        List<PendingOperation> pending = new ArrayList<>();
        for (int bucket = 0; bucket < 8; bucket++) {
            Elements elements = Elements.allocate(NumberType.FP32, 3000 + bucket);
            elements.floats().put(0, bucket + world.rank());
            buckets.add(elements);
            pending.add(world.start(new Operation.AllReduce(elements)));
        }
        pending.get(7).await();
        pending.forEach(PendingOperation::await);
        int ranks = world.size();
        for (int bucket = 0; bucket < 8; bucket++) {
            assertThat(buckets.get(bucket).floats().get(0)).isEqualTo(bucket * ranks + ranks * (ranks - 1) / 2f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void groupsOfRanksWorkBesideEachOther(int size) throws Exception {
        run(size, Scenario.GROUPS);
    }

    private static void groups(Communicator world) {
        int half = world.size() / 2;
        Communicator near = world.split("near", world.rank() / half, world.rank());
        Communicator far = world.split("far", world.rank() % half, -world.rank());
        assertThat(near.size()).isEqualTo(half);
        assertThat(far.size()).isEqualTo(2);
        assertThat(far.name()).isEqualTo("far");
        assertThat(near.worldRanks().get(near.rank())).isEqualTo(world.rank());
        // Keys were negative: the higher rank of the world comes first.
        assertThat(far.rank()).isEqualTo(1 - world.rank() / half);
        Elements fromNear = one(world.rank());
        Elements fromFar = one(world.rank());
        Elements fromWorld = one(1);
        boolean odd = world.rank() % 2 == 1;
        PendingOperation first = (odd ? near : far).start(new Operation.AllReduce(odd ? fromNear : fromFar));
        PendingOperation second = world.start(new Operation.AllReduce(fromWorld));
        PendingOperation third = (odd ? far : near).start(new Operation.AllReduce(odd ? fromFar : fromNear));
        List.of(third, second, first).forEach(PendingOperation::await);
        assertThat(fromWorld.longs().get(0)).isEqualTo(world.size());
        assertThat(fromNear.longs().get(0))
                .isEqualTo(near.worldRanks().stream().mapToInt(rank -> rank).sum());
        assertThat(fromFar.longs().get(0))
                .isEqualTo(far.worldRanks().stream().mapToInt(rank -> rank).sum());
    }

    private static Elements one(long value) {
        Elements elements = Elements.allocate(NumberType.INT64, 1);
        elements.longs().put(0, value);
        return elements;
    }

    @Test
    void largeBuffersArriveWhole() throws Exception {
        run(2, Scenario.LARGE);
    }

    private static void large(Communicator world) {
        int count = 3_000_001;
        Elements elements = Elements.allocate(NumberType.FP32, count);
        for (int i = 0; i < count; i++) {
            elements.floats().put(i, i % 1000 + world.rank());
        }
        world.allReduce(elements);
        for (int i = 0; i < count; i++) {
            if (elements.floats().get(i) != 2f * (i % 1000) + 1) {
                throw new AssertionError(
                        "element " + i + " is " + elements.floats().get(i));
            }
        }
    }

    @Test
    void emptyBuffersAreNoTrouble() throws Exception {
        run(2, Scenario.NOTHING);
    }

    private static void nothing(Communicator world) {
        world.allReduce(Elements.allocate(NumberType.FP32, 0));
        world.allGather(Elements.allocate(NumberType.FP64, 0), Elements.allocate(NumberType.FP64, 0));
        world.barrier();
    }

    @Test
    void aLateRankIsWaitedFor() throws Exception {
        run(2, Scenario.LATE);
    }

    private static void late(Communicator world) throws InterruptedException {
        if (world.rank() == 1) {
            Thread.sleep(100);
        }
        Elements elements = one(world.rank());
        world.allReduce(elements);
        assertThat(elements.longs().get(0)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"ABSENT,1", "NO_MESSAGE,2"})
    void aRankThatDoesNotComeIsNamedByAll(Scenario scenario, int missing) {
        assertThatThrownBy(() -> run(3, scenario))
                .isInstanceOfSatisfying(CollectiveFailure.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(CollectiveFailure.Reason.MISSING_RANK);
                    assertThat(failure.ranks()).containsExactly(missing);
                })
                .hasMessageContaining("rank " + missing + " did not come within");
    }

    private static void absent(Communicator world) {
        if (world.rank() != 1) {
            world.allReduce(one(1));
        }
    }

    private static void noMessage(Communicator world) {
        if (world.rank() == 0) {
            world.receive(one(1), 2, 5);
        }
    }

    @Test
    void aRankThatGivesUpEndsTheOthersWithItsReason() {
        assertThatThrownBy(() -> run(3, Scenario.ABORT)).hasMessageContaining("the disk is full");
    }

    private static void abort(Communicator world) {
        if (world.rank() == 2) {
            world.abort("the disk is full");
            throw new IllegalStateException("the disk is full");
        }
        assertThatThrownBy(world::barrier)
                .isInstanceOfSatisfying(CollectiveFailure.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(CollectiveFailure.Reason.ABORTED);
                    assertThat(failure.ranks()).containsExactly(2);
                })
                .hasMessageContaining("rank 2 gave up (the disk is full)");
        // The world has failed, and stays so.
        assertThatThrownBy(() -> world.allReduce(one(1))).isInstanceOf(CollectiveFailure.class);
    }

    @Test
    void ranksThatAskForDifferentThingsFail() {
        assertThatThrownBy(() -> run(2, Scenario.OTHER_COUNT)).isInstanceOf(CollectiveFailure.class);
    }

    private static void otherCount(Communicator world) {
        world.allReduce(Elements.allocate(NumberType.FP32, 10 + world.rank()));
    }

    @ParameterizedTest
    @EnumSource(NumberType.class)
    void elementsOfEveryTypeCanBeCutAndCopied(NumberType type) {
        Elements all = Elements.allocate(type, 6);
        Elements end = all.slice(4, 2);
        end.copyFrom(Elements.allocate(type, 2));
        assertThat(end.count()).isEqualTo(2);
        assertThat(end.type()).isEqualTo(type);
        assertThatThrownBy(() -> end.copyFrom(all)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Elements.of(FloatBuffer.allocate(2))).hasMessageContaining("direct");
    }
}
