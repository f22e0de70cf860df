package dev.mugv.model.parallel;

import dev.mugv.kernels.collective.Communicator;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.kernels.collective.NumberType;
import dev.mugv.kernels.collective.ThreadCommunicator;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The ranks of one training, and what they tell each other besides gradients. Whatever is decided here is decided by all of them
 * on the same bits.
 *
 * @param data the ranks among which samples are divided
 * @param mode what they may differ in from one rank
 */
public record Ranks(Communicator data, ParallelMode mode) {
    public Ranks {
        int size = data.size();
        if (mode == ParallelMode.EXACT && Integer.bitCount(size) != 1) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train on %d ranks in exact mode: expected a power of two of data-parallel ranks. Start 1, 2, 4, 8... ranks, or set parallel.mode: fast."
                            .formatted(size));
        }
    }

    /** One rank, for what never runs on several. */
    public static Ranks alone() {
        return new Ranks(ThreadCommunicator.world(1, Duration.ofDays(1)).get(0), ParallelMode.FAST);
    }

    public int rank() {
        return data.rank();
    }

    public int size() {
        return data.size();
    }

    /** Whether this rank speaks and writes for all. */
    public boolean leads() {
        return data.rank() == 0;
    }

    /**
     * Sums over ranks, element by element. Exact where at most one rank gives something other than 0: so each of them tells the
     * others what it alone knows.
     */
    public double[] sums(double[] own) {
        if (size() == 1) {
            return own.clone();
        }
        Elements elements = Elements.allocate(NumberType.FP64, own.length);
        elements.doubles().put(0, own);
        data.allReduce(elements);
        double[] sums = new double[own.length];
        elements.doubles().get(0, sums);
        return sums;
    }

    /** What the leader gives, on every rank. */
    public long ofLeader(long value) {
        Elements elements = Elements.allocate(NumberType.INT64, 1);
        elements.longs().put(0, value);
        data.broadcast(elements, 0);
        return elements.longs().get(0);
    }

    /**
     * Compares what must be the same on all ranks. All of them fail with the same words when it is not.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} naming what differs, and the ranks
     */
    public void requireSame(SortedMap<String, String> facts) {
        List<String> differing = new ArrayList<>();
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            List<Integer> others = othersThan(fact.getValue());
            if (!others.isEmpty()) {
                differing.add("%s (rank 0: '%s') is another on rank %s"
                        .formatted(fact.getKey(), textOfLeader(fact.getValue()), join(others)));
            }
        }
        if (!differing.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train on %d ranks: expected the same on all of them, found that %s. Give all nodes one build, one configuration and one environment."
                            .formatted(size(), String.join("; ", differing)));
        }
    }

    private static String join(List<Integer> ranks) {
        return String.join(", ", ranks.stream().map(String::valueOf).toList());
    }

    /** Ranks whose value is not the leader's. */
    private List<Integer> othersThan(String value) {
        int words = 4;
        Elements own = Elements.allocate(NumberType.INT64, words);
        own.longs()
                .put(
                        0,
                        ByteBuffer.wrap(HexFormat.of().parseHex(Sha256.of(value.getBytes(StandardCharsets.UTF_8))))
                                .asLongBuffer(),
                        0,
                        words);
        Elements all = Elements.allocate(NumberType.INT64, words * size());
        data.allGather(own, all);
        List<Integer> others = new ArrayList<>();
        for (int rank = 1; rank < size(); rank++) {
            if (!all.longs().slice(words * rank, words).equals(all.longs().slice(0, words))) {
                others.add(rank);
            }
        }
        return others;
    }

    private String textOfLeader(String value) {
        byte[] own = value.getBytes(StandardCharsets.UTF_8);
        int length = (int) ofLeader(own.length);
        Elements characters = Elements.allocate(NumberType.INT64, length);
        for (int i = 0; leads() && i < length; i++) {
            characters.longs().put(i, own[i]);
        }
        data.broadcast(characters, 0);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) characters.longs().get(i);
        }
        return new String(text, StandardCharsets.UTF_8);
    }
}
