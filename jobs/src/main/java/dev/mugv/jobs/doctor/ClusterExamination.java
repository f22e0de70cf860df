package dev.mugv.jobs.doctor;

import dev.mugv.model.config.SlurmExecution;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Slurm as it is seen from where its commands run: programs, configuration, accounting, limits, clocks. */
final class ClusterExamination {
    private static final List<String> PROGRAMS =
            List.of("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo", "srun");
    private static final Pattern VERSION = Pattern.compile("(\\d{2})\\.(\\d{2})[.0-9]*");
    private static final Pattern SETTING = Pattern.compile("(?m)^\\s*(\\w+)\\s*=\\s*(.*?)\\s*$");
    private static final int OLDEST = 2108;
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    private final SlurmExecution slurm;
    private final CommandRunner runner;

    ClusterExamination(SlurmExecution slurm, CommandRunner runner) {
        this.slurm = slurm;
        this.runner = runner;
    }

    List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        programs(all);
        Map<String, String> settings = settings();
        if (settings.isEmpty()) {
            all.add(Finding.failed(
                    "slurmctld",
                    "'scontrol show config' was not answered",
                    "See 'scontrol ping'; ask the administrators."));
            return all;
        }
        limits(settings, all);
        accounting(settings, all);
        preemption(settings, all);
        submitLimits(all);
        clock(all);
        return all;
    }

    private void programs(List<Finding> all) {
        List<String> missing = new ArrayList<>();
        String version = "";
        for (String program : PROGRAMS) {
            Optional<String> said = said(program, "--version");
            if (said.isEmpty()) {
                missing.add(program);
            }
            version = version.isEmpty() ? said.orElse("") : version;
        }
        if (!missing.isEmpty()) {
            all.add(Finding.failed(
                    "Slurm's programs",
                    "not found or not answering: " + String.join(", ", missing),
                    "Put Slurm's programs on the path of the login node's shell that is not interactive."));
        }
        Matcher number = VERSION.matcher(version);
        if (number.find()) {
            int found = Integer.parseInt(number.group(1)) * 100 + Integer.parseInt(number.group(2));
            all.add(
                    found >= OLDEST
                            ? Finding.ok("Slurm's version", version.strip())
                            : Finding.failed(
                                    "Slurm's version",
                                    version.strip() + ", expected at least 21.08",
                                    "Use a newer cluster."));
        }
    }

    private void limits(Map<String, String> settings, List<Finding> all) {
        int maxArray = number(settings, "MaxArraySize", 1001);
        all.add(
                slurm.arraySize() < maxArray
                        ? Finding.ok(
                                "MaxArraySize", maxArray + "; arrays have up to " + slurm.arraySize() + " elements")
                        : Finding.ok(
                                "MaxArraySize",
                                maxArray + "; slurm.array-size is more, so arrays are cut to " + (maxArray - 1)));
        int message = number(settings, "MessageTimeout", 10);
        all.add(
                slurm.commandTimeout().toSeconds() >= 2L * message
                        ? Finding.ok(
                                "MessageTimeout",
                                message + " s; commands are waited for "
                                        + slurm.commandTimeout().toSeconds() + " s")
                        : Finding.warning(
                                "MessageTimeout",
                                message + " s; commands are waited for "
                                        + slurm.commandTimeout().toSeconds()
                                        + " s, and an sbatch may need twice the former",
                                "Raise slurm.command-timeout."));
        int age = number(settings, "MinJobAge", 300);
        all.add(
                age >= 60
                        ? Finding.ok("MinJobAge", age + " s: that long the queue remembers what is over")
                        : Finding.warning(
                                "MinJobAge",
                                age + " s: the queue forgets so soon that most ends are decided by accounting",
                                "Nothing is to be done; ends are known some seconds later."));
        if (settings.getOrDefault("EnforcePartLimits", "").equals("NO")) {
            all.add(Finding.ok(
                    "EnforcePartLimits", "NO: Slurm takes what it can never run; mugv looks before it submits"));
        }
    }

    private void accounting(Map<String, String> settings, List<Finding> all) {
        String type = settings.getOrDefault("AccountingStorageType", "(null)");
        if (type.matches("\\(null\\)|.*none")) {
            all.add(Finding.failed(
                    "accounting",
                    "none: what the queue has forgotten could not be decided",
                    "Ask the administrators for slurmdbd."));
            return;
        }
        long begun = System.nanoTime();
        Optional<String> answer =
                said("sacct", "--noheader", "--allocations", "--starttime=now-1hour", "--format=JobID");
        long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
        all.add(
                answer.isPresent()
                        ? Finding.ok("accounting", "sacct answers in " + millis + " ms")
                        : Finding.failed(
                                "accounting",
                                "sacct does not answer",
                                "See 'sacct'; without it nothing is lost, but what the queue has forgotten stays undecided."));
    }

    private void preemption(Map<String, String> settings, List<Finding> all) {
        String type = settings.getOrDefault("PreemptType", "preempt/none");
        String mode = settings.getOrDefault("PreemptMode", "OFF");
        if (type.endsWith("none")) {
            all.add(Finding.ok("preemption", "none here"));
            return;
        }
        String partitions = said("scontrol", "--oneliner", "show", "partition").orElse("");
        Matcher grace =
                Pattern.compile("PartitionName=(\\S+).*?GraceTime=(\\d+)").matcher(partitions);
        List<String> without = new ArrayList<>();
        while (grace.find()) {
            boolean ours = slurm.partition().map(grace.group(1)::equals).orElse(true);
            if (ours && grace.group(2).equals("0")) {
                without.add(grace.group(1));
            }
        }
        String fact = type + ", " + mode + ", KillWait " + number(settings, "KillWait", 30) + " s";
        all.add(
                without.isEmpty()
                        ? Finding.ok("preemption", fact)
                        : Finding.warning(
                                "preemption",
                                fact + ", GraceTime 0 in " + String.join(", ", without)
                                        + ": what is preempted has only KillWait to save",
                                "Ask for a GraceTime, or let trainings save often (checkpoint-every); nothing is lost but the time since the last one."));
    }

    private void submitLimits(List<Finding> all) {
        String user = said("id", "-un").map(String::strip).orElse("");
        Optional<String> rows = said(
                "sacctmgr",
                "--noheader",
                "--parsable2",
                "show",
                "assoc",
                "user=" + user,
                "format=Account,MaxJobs,MaxSubmitJobs");
        if (rows.isEmpty()) {
            all.add(Finding.warning(
                    "MaxSubmitJobs", "sacctmgr does not answer", "Ask the administrators for your limits."));
            return;
        }
        List<String> tight = new ArrayList<>();
        for (String row : rows.get().lines().toList()) {
            String[] fields = row.split("\\|", -1);
            if (fields.length == 3 && fields[2].matches("\\d+") && Integer.parseInt(fields[2]) < slurm.arraySize()) {
                tight.add("%s %s".formatted(fields[0], fields[2]));
            }
        }
        all.add(
                tight.isEmpty()
                        ? Finding.ok("MaxSubmitJobs", "none that is less than an array")
                        : Finding.warning(
                                "MaxSubmitJobs",
                                String.join(", ", tight) + ": less than arrays of " + slurm.arraySize() + " elements",
                                "Set slurm.array-size to less than that."));
    }

    private void clock(List<Finding> all) {
        Instant before = Instant.now();
        Optional<String> said = said("date", "+%s").map(String::strip).filter(text -> text.matches("\\d{10}"));
        if (said.isPresent()) {
            all.add(clocks("clock of the login node", Instant.ofEpochSecond(Long.parseLong(said.get())), before));
        }
    }

    /** Compares clocks; a whole second is cut off theirs. */
    static Finding clocks(String subject, Instant theirs, Instant ours) {
        Duration difference = Duration.between(theirs, ours).abs();
        return difference.compareTo(CLOCKS) <= 0
                ? Finding.ok(subject, "within " + CLOCKS.toSeconds() + " s of this machine's")
                : Finding.warning(
                        subject,
                        difference.toSeconds() + " s from this machine's",
                        "Have both kept by NTP: runs are told apart by times to some seconds.");
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        said("scontrol", "show", "config")
                .ifPresent(text ->
                        SETTING.matcher(text).results().forEach(match -> settings.put(match.group(1), match.group(2))));
        return settings;
    }

    private static int number(Map<String, String> settings, String name, int otherwise) {
        String digits = settings.getOrDefault(name, "").replaceAll("\\D.*", "");
        return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }

    private Optional<String> said(String... words) {
        List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C"));
        command.addAll(List.of(words));
        return runner.run(command, slurm.commandTimeout()) instanceof CommandResult.Finished finished
                        && finished.exitCode() == 0
                ? Optional.of(finished.out())
                : Optional.empty();
    }
}
