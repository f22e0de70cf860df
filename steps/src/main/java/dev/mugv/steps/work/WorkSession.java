package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one execution of a step holds in memory: the plan and a copy of the ledger's rows. Everything here can be made
 * again from plan, ledger and files, so losing it costs nothing.
 */
final class WorkSession {
    private final StepScope scope;
    private final long jobExecution;
    private final Tolerance tolerance;
    private final List<WorkItem> plan;
    private final Map<ArtifactKey, Piece> pieces;
    private final Map<String, SubmissionEntry> submissions = new LinkedHashMap<>();
    private final List<ArtifactKey> keys;
    private final Map<ArtifactKey, List<AttemptEntry>> attempts = new LinkedHashMap<>();
    private final Map<ElementId, Observation> observations = new HashMap<>();
    private final Map<ElementId, Instant> endSeen = new HashMap<>();
    private final Map<ElementId, Integer> runsAccounted = new HashMap<>();
    private boolean recovered;
    private Instant observedAt = Instant.MIN;
    private Optional<Instant> idleSince = Optional.empty();
    private int sharedBy;

    WorkSession(StepScope scope, long jobExecution, Tolerance tolerance, List<WorkItem> plan, List<Piece> inPlanOrder) {
        this.scope = scope;
        this.jobExecution = jobExecution;
        this.tolerance = tolerance;
        this.plan = List.copyOf(plan);
        this.pieces = new LinkedHashMap<>();
        inPlanOrder.forEach(piece -> pieces.putIfAbsent(piece.key(), piece));
        this.keys = inPlanOrder.stream().map(Piece::key).toList();
    }

    StepScope scope() {
        return scope;
    }

    long jobExecution() {
        return jobExecution;
    }

    Tolerance tolerance() {
        return tolerance;
    }

    List<WorkItem> plan() {
        return plan;
    }

    Iterable<Piece> pieces() {
        return pieces.values();
    }

    Optional<Piece> piece(ArtifactKey key) {
        return Optional.ofNullable(pieces.get(key));
    }

    /** The piece that an item of the plan stands for. */
    Piece pieceAt(int position) {
        return piece(keys.get(position)).orElseThrow();
    }

    /** Takes over what the ledger says. */
    void load(SubmissionLedger ledger) {
        submissions.clear();
        ledger.submissions(scope).forEach(row -> submissions.put(row.token(), row));
        attempts.clear();
        ledger.attempts(scope)
                .forEach(row -> attempts.computeIfAbsent(row.key(), key -> new ArrayList<>())
                        .add(row));
    }

    List<SubmissionEntry> submissions(SubmissionState state) {
        return submissions.values().stream().filter(row -> row.state() == state).toList();
    }

    Optional<SubmissionEntry> submission(String token) {
        return Optional.ofNullable(submissions.get(token));
    }

    List<AttemptEntry> open() {
        return rows().filter(AttemptEntry::isOpen).toList();
    }

    List<AttemptEntry> attempts(ArtifactKey key) {
        return attempts.getOrDefault(key, List.of());
    }

    /** The attempt that holds another one. */
    Optional<AttemptEntry> predecessor(AttemptEntry attempt) {
        return attempt.predecessor()
                .flatMap(element -> attempts(attempt.key()).stream()
                        .filter(each -> each.element().equals(element))
                        .findFirst());
    }

    PieceDecision decide(Piece piece) {
        return piece.decide(attempts(piece.key()), jobExecution, tolerance);
    }

    /** Attempts of this execution beyond the first of their piece. */
    int retried() {
        return (int) rows().filter(row -> row.jobExecution() == jobExecution && row.number() > 1)
                .count();
    }

    private Stream<AttemptEntry> rows() {
        return attempts.values().stream().flatMap(List::stream);
    }

    Map<ElementId, Observation> observations() {
        return observations;
    }

    /** When an element's end was first seen by this controller. */
    Instant endSeen(ElementId element, Instant now) {
        return endSeen.computeIfAbsent(element, key -> now);
    }

    /** The run of an element before which the ends of all runs are on record. */
    int runsAccounted(ElementId element) {
        return runsAccounted.getOrDefault(element, 0);
    }

    void runsAccounted(ElementId element, int run) {
        runsAccounted.put(element, run);
    }

    /** How many live submissions the shares of the step were last dealt out to. */
    int sharedBy() {
        return sharedBy;
    }

    void sharedBy(int submissions) {
        sharedBy = submissions;
    }

    Instant observedAt() {
        return observedAt;
    }

    void observedAt(Instant now) {
        observedAt = now;
    }

    /** Notes a transition: whatever was waited for begins anew. */
    void noteTransition() {
        idleSince = Optional.empty();
    }

    /** Since when no transition was made; now at the first question after one. */
    Instant idleSince(Instant now) {
        idleSince = Optional.of(idleSince.orElse(now));
        return idleSince.get();
    }

    /** Whether no transition has been tried. */
    boolean isUntouched() {
        return !recovered;
    }

    /** True once: at the first transition after the session was opened. */
    boolean isFirstTransition() {
        boolean first = !recovered;
        recovered = true;
        return first;
    }

    /** A submission as the executor knows it. */
    static ArraySubmission arraySubmission(Path workspace, SubmissionEntry row) {
        return new ArraySubmission(
                row.token(),
                AttemptFolder.submission(workspace, row.token()),
                row.elements(),
                row.parallel(),
                row.preparedAt());
    }
}
