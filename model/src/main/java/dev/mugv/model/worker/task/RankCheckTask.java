package dev.mugv.model.worker.task;

import dev.mugv.model.format.RankCheckOrder;
import dev.mugv.model.format.RankCheckReport;
import dev.mugv.model.format.RankFacts;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code RANK_CHECK}: every rank of an allocation says who and where it is, and waits until it has read the same of all
 * others, by files alone. Rank 0 leaves the report. What a training over several ranks rests on is so tried in seconds.
 */
public final class RankCheckTask implements WorkTask {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final List<String> BINDING = List.of(
            "CUDA_VISIBLE_DEVICES",
            "ROCR_VISIBLE_DEVICES",
            "SLURM_CPUS_ON_NODE",
            "SLURM_CPUS_PER_TASK",
            "SLURM_GPUS_ON_NODE",
            "SLURM_JOB_GPUS",
            "SLURM_JOB_ID",
            "SLURM_JOB_NODELIST",
            "SLURM_LOCALID",
            "SLURM_NNODES",
            "SLURM_NODEID",
            "SLURM_NTASKS",
            "SLURM_PROCID",
            "SLURM_STEP_GPUS",
            "SLURMD_NODENAME");

    private final Clock clock;

    public RankCheckTask() {
        this(Clock.systemUTC());
    }

    RankCheckTask(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void run(TaskContext context) throws IOException {
        RankCheckOrder order = context.parameters(RankCheckOrder.class);
        Rank rank = context.rank();
        Files.createDirectories(rank.rendezvous());
        RankFacts own = facts(rank);
        DurableFile.write(factsFile(rank, rank.number()), Json.bytes(own));
        context.log("rank %d of %d on %s, nodes %s".formatted(rank.number(), rank.size(), own.host(), rank.nodes()));
        long begun = System.nanoTime();
        List<RankFacts> all = gather(context, order, "facts", RankFacts.class);
        double seconds = (System.nanoTime() - begun) / 1e9;
        DurableFile.write(file(rank, "seen", rank.number()), Json.bytes(new Seen(seconds)));
        if (rank.leads()) {
            List<Double> waits = gather(context, order, "seen", Seen.class).stream()
                    .map(Seen::seconds)
                    .toList();
            RankCheckReport report = RankCheckReport.of(all, waits);
            report.findings().forEach(context::log);
            Files.writeString(context.pendingOutput().resolve(RankCheckReport.FILE_NAME), Json.pretty(report));
        }
    }

    /** How long one rank waited until it had read the facts of all. */
    record Seen(double seconds) {}

    private static Path factsFile(Rank rank, int number) {
        return file(rank, "facts", number);
    }

    private static Path file(Rank rank, String name, int number) {
        return rank.rendezvous().resolve(name + "-" + number + ".json");
    }

    /** What every rank has written under this name, in the order of ranks. */
    private static <T> List<T> gather(TaskContext context, RankCheckOrder order, String name, Class<T> type) {
        Rank rank = context.rank();
        SortedMap<Integer, T> found = new TreeMap<>();
        long begun = System.nanoTime();
        while (true) {
            for (int number = 0; number < rank.size(); number++) {
                Path file = file(rank, name, number);
                if (!found.containsKey(number) && Files.exists(file)) {
                    found.put(number, Json.read(file, type));
                }
            }
            context.progress(found.size(), rank.size(), "rank");
            if (found.size() == rank.size()) {
                return new ArrayList<>(found.values());
            }
            if (context.isStopRequested()) {
                throw new StopRequestedException("asked to stop while waiting for other ranks");
            }
            if (System.nanoTime() - begun
                    > Duration.ofSeconds(order.waitSeconds()).toNanos()) {
                throw missing(rank, found, order);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }

    private static WorkFailure missing(Rank rank, Map<Integer, ?> found, RankCheckOrder order) {
        TreeSet<Integer> missing = new TreeSet<>();
        for (int number = 0; number < rank.size(); number++) {
            if (!found.containsKey(number)) {
                missing.add(number);
            }
        }
        return new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot see all ranks from rank %d: expected the files of %d within %d s, found none of rank %s in '%s'. See whether nodes %s share that storage, and the logs of those ranks."
                        .formatted(
                                rank.number(),
                                rank.size(),
                                order.waitSeconds(),
                                missing,
                                rank.rendezvous(),
                                rank.nodes()));
    }

    private RankFacts facts(Rank rank) {
        SortedMap<String, String> binding = new TreeMap<>(System.getenv());
        binding.keySet().retainAll(BINDING);
        return new RankFacts(
                rank.number(),
                rank.size(),
                rank.localRank(),
                rank.nodes(),
                host(),
                ProcessHandle.current().pid(),
                clock.instant(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() >> 20,
                System.getProperty("java.version", "unknown"),
                CodeVersion.libraries(),
                binding);
    }

    /** The kernel's own name: what a resolver says may be another's. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "unknown";
            }
        }
    }
}
