package dev.mugv.steps.work;

import dev.mugv.model.config.DeviceKind;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.script.Resources;
import dev.mugv.slurm.script.WorkerArrayScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** What is on disk before a submission is handed over: the orders of its attempts, and the script that carries them out. */
final class SubmissionFiles {
    private final SubmissionLedger ledger;
    private final Executor executor;
    private final WorkerProgram program;
    private final WorkSettings settings;
    private final Clock clock;
    private final Transitions transitions;

    // Six parts because each is a port of its own and this is where they meet.
    SubmissionFiles(
            SubmissionLedger ledger,
            Executor executor,
            WorkerProgram program,
            WorkSettings settings,
            Clock clock,
            Transitions transitions) {
        this.ledger = ledger;
        this.executor = executor;
        this.program = program;
        this.settings = settings;
        this.clock = clock;
        this.transitions = transitions;
    }

    /** Orders first and the script last, so that a script on disk means that everything is. */
    void write(WorkSession session, ArraySubmission submission) {
        if (Files.exists(submission.script())) {
            return;
        }
        List<AttemptEntry> attempts = session.open().stream()
                .filter(row -> row.element().token().equals(submission.token()))
                .toList();
        Path submissions = Objects.requireNonNull(submission.folder().getParent());
        try {
            boolean first = !Files.isDirectory(submissions);
            for (AttemptEntry attempt : attempts) {
                AttemptFolder folder = AttemptFolder.of(
                        settings.workspace(),
                        submission.token(),
                        attempt.element().index());
                Files.createDirectories(folder.path());
                if (attempt.predecessor().isPresent()) {
                    DurableFile.write(
                            folder.predecessor(),
                            predecessor(attempt.predecessor().get()));
                }
                DurableFile.write(folder.order(), Json.bytes(order(session, attempt)));
            }
            // The names of the new folders; DurableFile has forced those of files.
            for (Path each = submission.attempt(0).getParent(); each != null; each = each.getParent()) {
                DurableFile.force(each);
                if (each.equals(first ? settings.workspace() : submissions)) {
                    break;
                }
            }
            Wish wish = wish(session, attempts.get(0));
            WorkResources resources = wish.resources();
            WorkerArrayScript script = new WorkerArrayScript(
                    submission.token(),
                    executor.storage().seenByNodes(submission.folder()),
                    submission.elements(),
                    submission.parallel(),
                    withoutFailedNodes(session, submission, resources(session, wish)),
                    program.command(resources),
                    program.environment(resources));
            DurableFile.write(submission.script(), script.render().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    "Cannot write submission '%s': %s. Make room or give access, then give the command again."
                            .formatted(submission.folder(), e),
                    e);
        }
    }

    private WorkOrder order(WorkSession session, AttemptEntry attempt) {
        Placement placement = settings.placements().of(session.scope().stepName());
        WorkItem item = session.piece(attempt.key()).orElseThrow().item();
        return new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                attempt.element().token(),
                attempt.element().index(),
                attempt.number(),
                attempt.task(),
                attempt.key(),
                executor.storage().seenByNodes(settings.workspace()),
                item.parameters(),
                item.inputs(),
                item.resources().threads(),
                places(item.resources().layout(), placement.device(item)),
                placement.communication(item),
                settings.conduct(),
                item.circumstances());
    }

    /** The executor finds the nodes of several ranks; workers are told them by arguments. */
    private static List<WorkOrder.RankPlace> places(RankLayout layout, DeviceKind device) {
        String host = layout.ranks() == 1 ? "localhost" : "";
        return IntStream.range(0, layout.ranks())
                .mapToObj(rank -> new WorkOrder.RankPlace(rank, host, device.label()))
                .toList();
    }

    /** As the batch script reads it. */
    private static byte[] predecessor(ElementId element) {
        return "%s/attempts/%d\n".formatted(element.token(), element.index()).getBytes(StandardCharsets.UTF_8);
    }

    /** What an element asks the executor for. */
    Resources resources(WorkSession session, Wish wish) {
        Placement placement = settings.placements().of(session.scope().stepName());
        return new Resources(
                wish.resources().layout().nodes(),
                wish.resources().layout().perNode(),
                wish.resources().threads() * wish.resources().layout().perProcess(),
                wish.resources().memoryMebibytes(),
                placement.timeLimit().multipliedBy(wish.timeFactor()),
                placement.options(),
                placement.pmi(wish.resources().layout()));
    }

    /**
     * The wish with nodes excluded that failed twice, in one directive with those of the configuration, as the last one
     * counts. At most half of the machines, and never so many that the wish could not be fulfilled.
     */
    private Resources withoutFailedNodes(WorkSession session, ArraySubmission submission, Resources wish) {
        Optional<String> place = session.submission(submission.token()).flatMap(SubmissionEntry::place);
        List<String> failed = place.map(where ->
                        ledger.nodes().excluded(where, settings.limits().nodeExclusion(), clock.instant()))
                .orElse(List.of());
        if (failed.isEmpty()) {
            return wish;
        }
        int machines = executor.machines(wish);
        int most = Math.max(0, Math.min(machines / 2, machines - wish.nodes()));
        List<String> excluded = failed.subList(0, Math.min(most, failed.size()));
        if (excluded.isEmpty()) {
            return wish;
        }
        transitions.note(session.scope(), "submission=%s excludes nodes %s", submission.token(), excluded);
        List<String> options = new ArrayList<>(wish.options());
        options.removeIf(option -> option.startsWith("--exclude="));
        String already = wish.option("exclude").map(nodes -> nodes + ",").orElse("");
        options.add("--exclude=" + already + String.join(",", excluded));
        return new Resources(
                wish.nodes(),
                wish.ranksPerNode(),
                wish.cpus(),
                wish.memoryMebibytes(),
                wish.timeLimit(),
                options,
                wish.pmi());
    }

    /** By what the step's time limit is multiplied. */
    static int timeFactor(WorkSession session, Piece piece, int number) {
        return Resumption.timeFactor(session.attempts(piece.key()), piece.item().task(), number);
    }

    private static Wish wish(WorkSession session, AttemptEntry attempt) {
        Piece piece = session.piece(attempt.key()).orElseThrow();
        return new Wish(
                piece.item().resources().withMemory(attempt.memoryMebibytes()),
                timeFactor(session, piece, attempt.number()));
    }

    /** What the elements of one array have in common. */
    record Wish(WorkResources resources, int timeFactor) {}
}
