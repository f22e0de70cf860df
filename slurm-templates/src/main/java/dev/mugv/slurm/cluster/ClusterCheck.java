package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.PartitionOffer;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.script.Resources;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Compares what a step asks for with what the cluster offers. Slurm itself takes some wishes that it can never fulfil and
 * lets them wait for ever (PartitionConfig), so they are looked at before.
 */
final class ClusterCheck {
    private static final Duration FRESH = Duration.ofMinutes(10);

    private final SlurmClient client;
    private final Clock clock;
    private List<PartitionOffer> offers = List.of();
    private Instant asked = Instant.MIN;

    ClusterCheck(SlurmClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Why the wish cannot be fulfilled; empty when it can, or when Slurm does not answer: sbatch decides then. */
    Optional<String> objection(Resources resources) {
        Instant now = clock.instant();
        if (now.isAfter(asked.equals(Instant.MIN) ? asked : asked.plus(FRESH))
                && client.partitions() instanceof Answer.Answered<List<PartitionOffer>> answered) {
            offers = answered.value();
            asked = now;
        }
        if (offers.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> wanted = resources.option("partition");
        List<String> names = wanted.map(each -> Arrays.asList(each.split(","))).orElse(List.of());
        List<PartitionOffer> eligible = offers.stream()
                .filter(offer -> wanted.isPresent() ? names.contains(offer.partition()) : offer.isDefault())
                .toList();
        if (eligible.isEmpty()) {
            return wanted.isEmpty()
                    ? Optional.empty()
                    : Optional.of("there is no Slurm partition '%s', there are %s"
                            .formatted(
                                    wanted.get(),
                                    offers.stream()
                                            .map(PartitionOffer::partition)
                                            .distinct()
                                            .toList()));
        }
        return misfit(resources, eligible);
    }

    private static Optional<String> misfit(Resources resources, List<PartitionOffer> offers) {
        String where = "Slurm partition "
                + String.join(
                        ", ",
                        offers.stream()
                                .map(PartitionOffer::partition)
                                .distinct()
                                .toList());
        int cpus = offers.stream().mapToInt(PartitionOffer::cpus).max().orElse(0);
        if (resources.cpus() > cpus) {
            return Optional.of(
                    "%d CPUs are asked for, the nodes of %s have %d".formatted(resources.cpus(), where, cpus));
        }
        long memory =
                offers.stream().mapToLong(PartitionOffer::memoryMebibytes).max().orElse(0);
        if (resources.memoryMebibytes() > memory) {
            return Optional.of("%d MiB of memory are asked for, the nodes of %s have %d MiB"
                    .formatted(resources.memoryMebibytes(), where, memory));
        }
        int nodes = offers.stream().mapToInt(PartitionOffer::nodes).sum();
        if (resources.nodes() > nodes) {
            return Optional.of("%d nodes are asked for, %s has %d".formatted(resources.nodes(), where, nodes));
        }
        boolean tooLong = offers.stream()
                .allMatch(offer ->
                        offer.timeLimit().isPresent() && offer.timeLimit().get().compareTo(resources.timeLimit()) < 0);
        if (tooLong) {
            return Optional.of("a time limit of %s is asked for, %s allows %s"
                    .formatted(
                            text(resources.timeLimit()),
                            where,
                            text(offers.get(0).timeLimit().orElseThrow())));
        }
        Optional<String> gres = resources.option("gres").map(each -> each.split("[:,]", 2)[0]);
        if (gres.isPresent() && offers.stream().noneMatch(offer -> offer.gres().contains(gres.get()))) {
            return Optional.of("generic resource '%s' is asked for, %s has none".formatted(gres.get(), where));
        }
        if (offers.stream().noneMatch(PartitionOffer::isUp)) {
            return Optional.of(where + " is down");
        }
        return Optional.empty();
    }

    private static String text(Duration duration) {
        return duration.toMinutes() % 60 == 0 ? duration.toHours() + " h" : duration.toMinutes() + " min";
    }
}
