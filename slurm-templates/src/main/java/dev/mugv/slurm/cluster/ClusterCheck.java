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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
        refresh();
        if (offers.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> wanted = resources.option("partition");
        List<PartitionOffer> eligible = eligible(resources);
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

    /** How many nodes the Slurm partitions that are asked for have; 0 while Slurm does not say. */
    int nodes(Resources resources) {
        refresh();
        return eligible(resources).stream().mapToInt(PartitionOffer::nodes).sum();
    }

    private void refresh() {
        Instant now = clock.instant();
        if (now.isAfter(asked.equals(Instant.MIN) ? asked : asked.plus(FRESH))
                && client.partitions() instanceof Answer.Answered<List<PartitionOffer>> answered) {
            offers = answered.value();
            asked = now;
        }
    }

    private List<PartitionOffer> eligible(Resources resources) {
        Optional<String> wanted = resources.option("partition");
        List<String> names = wanted.map(each -> Arrays.asList(each.split(","))).orElse(List.of());
        return offers.stream()
                .filter(offer -> wanted.isPresent() ? names.contains(offer.partition()) : offer.isDefault())
                .toList();
    }

    private static Optional<String> misfit(Resources resources, List<PartitionOffer> offers) {
        String where = "Slurm partition "
                + String.join(
                        ", ",
                        offers.stream()
                                .map(PartitionOffer::partition)
                                .distinct()
                                .toList());
        return eachNode(resources, offers, where)
                .or(() -> allocation(resources, offers, where))
                .or(() -> together(resources, offers, where));
    }

    /** What no node of any group has. */
    private static Optional<String> eachNode(Resources resources, List<PartitionOffer> offers, String where) {
        int cpus = offers.stream().mapToInt(PartitionOffer::cpus).max().orElse(0);
        if (resources.cpusPerNode() > cpus) {
            return Optional.of(
                    "%d CPUs are asked for, the nodes of %s have %d".formatted(resources.cpusPerNode(), where, cpus));
        }
        long memory =
                offers.stream().mapToLong(PartitionOffer::memoryMebibytes).max().orElse(0);
        if (resources.memoryMebibytesPerNode() > memory) {
            return Optional.of("%d MiB of memory are asked for, the nodes of %s have %d MiB"
                    .formatted(resources.memoryMebibytesPerNode(), where, memory));
        }
        for (GenericResource wanted : GenericResource.of(resources)) {
            int most = offers.stream()
                    .mapToInt(offer -> offer.count(wanted.name(), wanted.type()))
                    .max()
                    .orElse(0);
            if (wanted.count() > most) {
                return Optional.of("generic resource '%s' is asked for %d times a node, the nodes of %s have %s"
                        .formatted(wanted.label(), wanted.count(), where, most == 0 ? "none" : most));
            }
        }
        return feature(resources)
                .filter(wanted -> offers.stream().noneMatch(offer -> offer.hasFeature(wanted)))
                .map(wanted -> "feature '%s' is asked for, no node of %s has it".formatted(wanted, where));
    }

    /** What the partition allows no job. */
    private static Optional<String> allocation(Resources resources, List<PartitionOffer> offers, String where) {
        int nodes = offers.stream().mapToInt(PartitionOffer::nodes).sum();
        if (resources.nodes() > nodes) {
            return Optional.of("%d nodes are asked for, %s has %d".formatted(resources.nodes(), where, nodes));
        }
        if (offers.stream().allMatch(offer -> offer.maxNodes().orElse(Integer.MAX_VALUE) < resources.nodes())) {
            return Optional.of("%d nodes are asked for, %s allows a job %d"
                    .formatted(
                            resources.nodes(), where, offers.get(0).maxNodes().orElseThrow()));
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
        return offers.stream().noneMatch(PartitionOffer::isUp) ? Optional.of(where + " is down") : Optional.empty();
    }

    /** Each wish can be fulfilled by some node, but all by too few; a job stays within one partition. */
    private static Optional<String> together(Resources resources, List<PartitionOffer> offers, String where) {
        Map<String, Integer> fitting = new TreeMap<>();
        for (PartitionOffer offer : offers) {
            boolean fits = resources.cpusPerNode() <= offer.cpus()
                    && resources.memoryMebibytesPerNode() <= offer.memoryMebibytes()
                    && GenericResource.of(resources).stream()
                            .allMatch(wanted -> wanted.count() <= offer.count(wanted.name(), wanted.type()))
                    && feature(resources).map(offer::hasFeature).orElse(true);
            fitting.merge(offer.partition(), fits ? offer.nodes() : 0, Integer::sum);
        }
        int most = fitting.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return resources.nodes() <= most
                ? Optional.empty()
                : Optional.of(
                        "%d nodes with %d CPUs, %d MiB and what else is asked for are wanted together, %s has %d such"
                                .formatted(
                                        resources.nodes(),
                                        resources.cpusPerNode(),
                                        resources.memoryMebibytesPerNode(),
                                        where,
                                        most));
    }

    /** A constraint that is one feature's name; of others only Slurm can judge. */
    private static Optional<String> feature(Resources resources) {
        return resources.option("constraint").filter(word -> word.matches("[A-Za-z0-9_.-]+"));
    }

    private static String text(Duration duration) {
        return duration.toMinutes() % 60 == 0 ? duration.toHours() + " h" : duration.toMinutes() + " min";
    }
}
