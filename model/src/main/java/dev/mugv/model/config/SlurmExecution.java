package dev.mugv.model.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How work is given to Slurm. Many components because each is one option of sbatch or one limit of the cluster.
 *
 * @param parallel elements of one step at a time
 * @param arraySize elements of one array, where the cluster allows as many (MaxArraySize)
 * @param commandTimeout how long sbatch, squeue and the others may take; more than their own 18 s
 * @param callsPerMinute most commands a minute that all controllers of the database together run there
 * @param callRetention how long {@code mugv rpc} remembers commands
 * @param nodeExclusion within which a node may fail once, and for which it is excluded after it failed twice
 * @param timeLimit after which Slurm ends an element
 * @param partition Slurm partition; the cluster's default without it
 * @param ssh way to the login node; Slurm's commands are run on this machine without it
 * @param java Java of the nodes, or what starts it in a container; the controller's own without it
 * @param options further options of sbatch, for example {@code --exclusive}
 * @param steps steps that ask for something else; a later entry goes before an earlier one
 */
public record SlurmExecution(
        @Default("100") int parallel,
        @Default("1000") int arraySize,
        @Default("60s") Duration commandTimeout,
        @Default("60") int callsPerMinute,
        @Default("14d") Duration callRetention,
        @Default("1d") Duration nodeExclusion,
        @Default("1d") Duration timeLimit,
        Optional<String> partition,
        Optional<String> account,
        Optional<String> qos,
        Optional<String> reservation,
        Optional<String> constraint,
        Optional<SshConfiguration> ssh,
        Optional<Path> java,
        @Default("[]") List<String> options,
        @Default("[]") List<SlurmStep> steps) {
    public SlurmExecution {
        options = List.copyOf(options);
        steps = List.copyOf(steps);
        Faults faults = new Faults()
                .within(1, 1_000_000, parallel, "parallel")
                .within(1, 1_000_000, arraySize, "arraySize")
                .within(20, 10_000, callsPerMinute, "callsPerMinute")
                .require(
                        callRetention.compareTo(Duration.ofMinutes(10)) >= 0,
                        "callRetention",
                        "expected at least 10m, found " + callRetention.toSeconds() + "s")
                .require(
                        commandTimeout.compareTo(Duration.ofSeconds(20)) >= 0,
                        "commandTimeout",
                        "expected at least 20s, found " + commandTimeout.toMillis() + "ms");
        faults.require(
                java.isEmpty() || java.orElseThrow().isAbsolute(),
                "java",
                "expected an absolute path, the same on every node, found '" + java.orElse(Path.of("")) + "'");
        SlurmWords.check(faults, "partition", partition);
        SlurmWords.check(faults, "account", account);
        SlurmWords.check(faults, "qos", qos);
        SlurmWords.check(faults, "reservation", reservation);
        SlurmWords.check(faults, "constraint", constraint);
        SlurmWords.checkTime(faults, Optional.of(timeLimit));
        SlurmWords.checkOptions(faults, options);
        for (SlurmStep step : steps) {
            // A successor that starts at once takes over at once: a segment must have worked for a while before.
            Duration most = step.timeLimit().orElse(timeLimit).multipliedBy(3).dividedBy(4);
            faults.require(
                    step.relayAhead().orElse(Duration.ZERO).compareTo(most) <= 0,
                    "steps",
                    "expected a relay-ahead of '%s' of at most three quarters of its time limit, found %d s of %d s"
                            .formatted(
                                    step.name(),
                                    step.relayAhead().orElse(Duration.ZERO).toSeconds(),
                                    step.timeLimit().orElse(timeLimit).toSeconds()));
        }
        faults.throwIfAny();
    }

    /** The cluster's own storage, where this machine shares none with it. */
    public Optional<ClusterStorage> storage() {
        return ssh.flatMap(SshConfiguration::storage);
    }

    /** What a step asks for: the run's usual wish, changed by every entry that names the step. */
    public SlurmRequest request(String step) {
        Map<String, String> words = new LinkedHashMap<>();
        List<String> further = new ArrayList<>(options);
        put(words, "partition", partition);
        put(words, "account", account);
        put(words, "qos", qos);
        put(words, "reservation", reservation);
        put(words, "constraint", constraint);
        Duration limit = timeLimit;
        Optional<Integer> nodes = Optional.empty();
        Optional<Integer> ranksPerNode = Optional.empty();
        Optional<Integer> cpus = Optional.empty();
        Optional<Integer> memory = Optional.empty();
        boolean relay = false;
        Optional<Duration> ahead = Optional.empty();
        Optional<DeviceKind> device = Optional.empty();
        for (SlurmStep each : steps) {
            if (each.matches(step)) {
                put(words, "partition", each.partition());
                put(words, "account", each.account());
                put(words, "qos", each.qos());
                put(words, "reservation", each.reservation());
                put(words, "constraint", each.constraint());
                put(words, "gres", each.gres());
                put(words, "gpus-per-node", each.gpusPerNode().map(String::valueOf));
                // A later entry says what is meant by GPUs, in either way.
                each.gres().ifPresent(gres -> words.remove("gpus-per-node"));
                each.gpusPerNode().ifPresent(count -> words.remove("gres"));
                nodes = each.nodes().isPresent() ? each.nodes() : nodes;
                ranksPerNode = each.ranksPerNode().isPresent() ? each.ranksPerNode() : ranksPerNode;
                further.addAll(each.options());
                limit = each.timeLimit().orElse(limit);
                relay = each.relay().orElse(relay);
                device = each.device().isPresent() ? each.device() : device;
                ahead = each.relayAhead().isPresent() ? each.relayAhead() : ahead;
                cpus = each.cpus().isPresent() ? each.cpus() : cpus;
                memory = each.memory().isPresent() ? each.memory().map(SlurmWords::mebibytes) : memory;
            }
        }
        List<String> all = new ArrayList<>();
        words.forEach((name, value) -> all.add("--" + name + "=" + value));
        all.addAll(further);
        Optional<Duration> early = relay ? Optional.of(ahead.orElse(limit.dividedBy(2))) : Optional.empty();
        return new SlurmRequest(limit, nodes, ranksPerNode, cpus, memory, early, device, all);
    }

    /** The same with a limit for one step, unless an entry for that step says otherwise. */
    public SlurmExecution withUsualLimit(String step, Duration limit) {
        List<SlurmStep> entries = new ArrayList<>();
        entries.add(new SlurmStep(
                step,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(limit),
                Optional.empty(),
                Optional.empty(),
                List.of()));
        entries.addAll(steps);
        return with(callsPerMinute, entries);
    }

    /** The same with another budget of commands. */
    public SlurmExecution withCallsPerMinute(int calls) {
        return with(calls, steps);
    }

    private SlurmExecution with(int calls, List<SlurmStep> entries) {
        return new SlurmExecution(
                parallel,
                arraySize,
                commandTimeout,
                calls,
                callRetention,
                nodeExclusion,
                timeLimit,
                partition,
                account,
                qos,
                reservation,
                constraint,
                ssh,
                java,
                options,
                entries);
    }

    private static void put(Map<String, String> words, String name, Optional<String> value) {
        value.ifPresent(word -> words.put(name, word));
    }
}
