package dev.mugv.slurm.local;

import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.StopOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs elements as processes of this machine, in sessions of their own, each under a supervisor shell that writes the
 * accounting record and keeps the time limit. All state is on disk ({@link ElementRecords}), so a controller that was killed is
 * replaced by the next; elements start, and graces run out, only while some controller calls {@link #observe}. A place is a file
 * lock, so what may run at once holds for all controllers of a workspace on this machine.
 */
public final class LocalExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(LocalExecutor.class);
    private static final Duration KILL_DELAY = Duration.ofSeconds(2);
    private static final int MAX_START_FAILURES = 3;
    /** How long after all places were found taken, by other controllers, none is looked for. */
    private static final Duration PLACES_TAKEN = Duration.ofSeconds(1);

    private final int parallel;
    private final Clock clock;
    private final SupervisorLauncher launcher;
    private final Map<String, ArraySubmission> live = new LinkedHashMap<>();
    private final Map<ElementId, Process> starting = new HashMap<>();
    private final Map<ElementId, Integer> startFailures = new HashMap<>();
    private final Map<ElementId, Observation.Ended> ended = new HashMap<>();
    private Instant notBefore = Instant.MIN;

    /**
     * @param parallel how many elements may run at once, of all controllers of a workspace on this machine
     */
    public LocalExecutor(int parallel, Clock clock) {
        if (parallel < 1) {
            throw new IllegalArgumentException("expected at least 1 parallel element, found " + parallel);
        }
        this.parallel = parallel;
        this.clock = clock;
        this.launcher = new SupervisorLauncher(parallel);
    }

    @Override
    public synchronized SubmissionOutcome submit(ArraySubmission submission) {
        try {
            if (!Files.isRegularFile(submission.script())) {
                return new SubmissionOutcome.Rejected("there is no script '" + submission.script() + "'");
            }
            new ElementRecords(submission)
                    .create(
                            ElementRecords.ACCEPTED,
                            Map.of(
                                    "host",
                                    HostName.current(),
                                    "at",
                                    clock.instant().getEpochSecond()));
            return new SubmissionOutcome.Accepted(externalId(submission));
        } catch (IOException e) {
            return afterFailure(submission, e);
        }
    }

    /** The record either stands or will never: nobody else writes it. */
    private SubmissionOutcome afterFailure(ArraySubmission submission, IOException cause) {
        SearchOutcome outcome = find(submission);
        if (outcome instanceof SearchOutcome.Found found) {
            return new SubmissionOutcome.Accepted(found.externalId());
        }
        return outcome instanceof SearchOutcome.Absent
                ? new SubmissionOutcome.Rejected(cause.toString())
                : new SubmissionOutcome.Unknown(cause.toString());
    }

    @Override
    public SearchOutcome find(ArraySubmission submission) {
        try {
            return new ElementRecords(submission).names().contains(ElementRecords.ACCEPTED)
                    ? new SearchOutcome.Found(externalId(submission))
                    : new SearchOutcome.Absent();
        } catch (IOException e) {
            return new SearchOutcome.NoAnswer(e.toString());
        }
    }

    /** The record of acceptance is there when {@link #submit} ends, and never appears later. */
    @Override
    public Duration quarantine() {
        return Duration.ZERO;
    }

    @Override
    public synchronized Map<ElementId, Observation> observe(Collection<ArraySubmission> submissions) {
        submissions.forEach(submission -> live.put(submission.token(), submission));
        startWaiting();
        Map<ElementId, Observation> observations = new HashMap<>();
        for (ArraySubmission submission : submissions) {
            Map<Integer, Observation> found = observe(submission);
            found.forEach((index, observation) -> observations.put(submission.element(index), observation));
            if (found.values().stream().allMatch(Observation.Ended.class::isInstance)) {
                live.remove(submission.token());
            }
        }
        return observations;
    }

    @Override
    public synchronized StopOutcome stop(ArraySubmission submission, Set<Integer> indices, Duration grace) {
        Instant now = clock.instant();
        ElementRecords records = new ElementRecords(submission);
        live.put(submission.token(), submission);
        try {
            for (int index : new TreeSet<>(indices)) {
                Files.createDirectories(submission.attempt(index));
                if (!Files.exists(submission.stopFile(index))) {
                    Files.createFile(submission.stopFile(index));
                }
                records.create(
                        ElementRecords.stop(index),
                        Map.of(
                                "at",
                                now.getEpochSecond(),
                                "until",
                                now.plus(grace).getEpochSecond()));
                // Only one of this record and a supervisor's can be made.
                records.create(ElementRecords.begin(index), Map.of("kind", "cancelled", "at", now.getEpochSecond()));
            }
            return new StopOutcome.Requested();
        } catch (IOException e) {
            return new StopOutcome.NoAnswer(e.toString());
        }
    }

    @Override
    public Duration observationInterval() {
        return Duration.ofMillis(250);
    }

    @Override
    public int maxElements() {
        return 1000;
    }

    private Map<Integer, Observation> observe(ArraySubmission submission) {
        Map<Integer, Observation> found = new LinkedHashMap<>();
        ElementRecords records = new ElementRecords(submission);
        try {
            Set<String> names = records.names();
            for (int index = 0; index < submission.elements(); index++) {
                found.put(
                        index,
                        names.contains(ElementRecords.ACCEPTED)
                                ? observe(submission, index, names)
                                : new Observation.NoAnswer("the submission was never accepted here"));
            }
        } catch (IOException | UncheckedIOException e) {
            for (int index = 0; index < submission.elements(); index++) {
                found.putIfAbsent(index, new Observation.NoAnswer(e.toString()));
            }
        }
        return found;
    }

    private Observation observe(ArraySubmission submission, int index, Set<String> names) throws IOException {
        ElementId element = submission.element(index);
        Observation.Ended known = ended.get(element);
        if (known != null) {
            return known;
        }
        ElementRecords records = new ElementRecords(submission);
        if (!names.contains(ElementRecords.begin(index))) {
            return new Observation.Waiting("waits for a free place");
        }
        Map<String, String> begin = records.find(ElementRecords.begin(index)).orElseThrow();
        ElementView view = new ElementView(element, index, records, begin);
        Observation observation = names.contains(ElementRecords.end(index))
                ? view.ended()
                : live(view, names.contains(ElementRecords.stop(index)));
        if (observation instanceof Observation.Ended over) {
            ended.put(element, over);
        }
        return observation;
    }

    private Observation live(ElementView view, boolean stopRequested) throws IOException {
        if (view.cancelledBeforeStart()) {
            return view.ended();
        }
        if (!view.startedHere()) {
            return new Observation.NoAnswer(
                    "it was started on host '%s', this is '%s'; ask there".formatted(view.host(), HostName.current()));
        }
        if (view.supervisor().isAlive()) {
            if (stopRequested) {
                enforceStop(view);
            }
            return new Observation.Running(0, view.host(), view.startedAt());
        }
        if (view.hasEnd()) {
            return view.ended(); // written between the listing and the supervisor's death
        }
        List<ProcessIdentity> left = ElementProcesses.of(view.element());
        if (!left.isEmpty()) {
            LOG.warn("supervisor gone, ending what it left element={} processes={}", view.element(), left.size());
            ElementProcesses.kill(left);
            return new Observation.Running(0, view.host(), view.startedAt());
        }
        view.recordVanished(clock.instant());
        return view.ended();
    }

    /** The stop file was made when the stop was asked for; past the grace comes TERM, and a little later KILL. */
    private void enforceStop(ElementView view) throws IOException {
        Instant until = view.stopUntil();
        Instant now = clock.instant();
        if (now.isBefore(until)) {
            return;
        }
        List<ProcessIdentity> processes = ElementProcesses.of(view.element());
        if (now.isBefore(until.plus(KILL_DELAY))) {
            ElementProcesses.terminate(processes);
        } else {
            LOG.info("killed after its grace element={} processes={}", view.element(), processes.size());
            ElementProcesses.kill(processes);
        }
    }

    private void startWaiting() {
        forgetWhatHasStarted();
        int free = clock.instant().isBefore(notBefore) ? 0 : parallel;
        Map<ArraySubmission, TreeSet<Integer>> waiting = new LinkedHashMap<>();
        for (ArraySubmission submission : live.values()) {
            Map<Integer, Observation> found = observe(submission);
            int running = 0;
            TreeSet<Integer> indices = new TreeSet<>();
            for (Map.Entry<Integer, Observation> entry : found.entrySet()) {
                boolean isStarting = starting.containsKey(submission.element(entry.getKey()));
                if (entry.getValue() instanceof Observation.Running || isStarting) {
                    running++;
                } else if (entry.getValue() instanceof Observation.Waiting) {
                    indices.add(entry.getKey());
                }
            }
            free -= running;
            int allowed = Math.max(0, submission.parallel() - running);
            waiting.put(submission, indices.stream().limit(allowed).collect(Collectors.toCollection(TreeSet::new)));
        }
        for (Map.Entry<ArraySubmission, TreeSet<Integer>> entry : waiting.entrySet()) {
            for (int index : entry.getValue()) {
                if (free-- > 0) {
                    start(entry.getKey(), index);
                }
            }
        }
    }

    /** A supervisor that found no place has failed at nothing. */
    private void forgetWhatHasStarted() {
        Iterator<Map.Entry<ElementId, Process>> all = starting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<ElementId, Process> started = all.next();
            if (!started.getValue().isAlive()) {
                if (started.getValue().exitValue() == SupervisorLauncher.NO_PLACE) {
                    startFailures.merge(started.getKey(), -1, Integer::sum);
                    notBefore = clock.instant().plus(PLACES_TAKEN);
                }
                all.remove();
            }
        }
    }

    /** A process that ends without its begin record could not write it; after some tries that is the element's end. */
    private void start(ArraySubmission submission, int index) {
        ElementId element = submission.element(index);
        try {
            if (startFailures.merge(element, 1, Integer::sum) > MAX_START_FAILURES) {
                ended.put(
                        element,
                        new Observation.Ended(
                                0,
                                Observation.EndState.NODE_FAILURE,
                                OptionalInt.empty(),
                                Optional.empty(),
                                clock.instant(),
                                "could not be started in %d tries; see '%s'"
                                        .formatted(MAX_START_FAILURES, submission.folder())));
                return;
            }
            starting.put(element, launcher.launch(submission, index));
            LOG.info("started token={} index={}", submission.token(), index);
        } catch (IOException e) {
            LOG.warn("Cannot start token={} index={}: {}", submission.token(), index, e.toString());
        }
    }

    private static String externalId(ArraySubmission submission) {
        return "local-" + submission.token().substring(0, 8);
    }
}
