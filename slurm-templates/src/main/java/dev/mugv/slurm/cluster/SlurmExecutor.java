package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ClusterLimits;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.StopOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.executor.ThrottleOutcome;
import dev.mugv.slurm.script.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs elements as elements of Slurm arrays. The identity of a submission is its token, which is the job's name: a job id
 * alone is none, because a controller that was killed hands ids out again. All that this class remembers is timers; a
 * controller that was killed is replaced by the next, which finds everything by token, claims and stop orders.
 */
public final class SlurmExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SlurmExecutor.class);
    /** Names of our jobs begin so; the script's template says the same. */
    static final String JOB_NAME_START = "mugv-";

    private static final Duration CANCEL_AGAIN = Duration.ofSeconds(30);

    private final SlurmClient client;
    private final SlurmTimings timings;
    private final int maxElements;
    private final Clock clock;
    private final TokenSearch search;
    private final Rounds rounds;
    private final ClusterCheck check;
    private final EndTimers timers;
    private final HeldLaunches heldLaunches;
    private final Map<ElementId, Observation> last = new HashMap<>();
    private final Map<ElementId, Instant> cancelled = new HashMap<>();
    private final Map<String, Instant> submitted = new HashMap<>();
    private final ClusterIdentity identity;
    private final NodeStorage storage;

    /** On storage that the controller and all nodes share. */
    // Six parameters: three say whom to ask and how, three are limits and time.
    public SlurmExecutor(
            SlurmClient client,
            ClusterIdentity identity,
            Rounds rounds,
            SlurmTimings timings,
            int maxElements,
            Clock clock) {
        this(client, identity, rounds, timings, maxElements, clock, NodeStorage.SHARED);
    }

    /**
     * @param maxElements of one array, where the cluster allows as many
     */
    // Seven parameters: four say whom to ask, how and over what, three are limits and time.
    public SlurmExecutor(
            SlurmClient client,
            ClusterIdentity identity,
            Rounds rounds,
            SlurmTimings timings,
            int maxElements,
            Clock clock,
            NodeStorage storage) {
        this.storage = storage;
        this.client = client;
        this.identity = identity;
        this.rounds = rounds;
        this.timings = timings;
        this.maxElements = maxElements;
        this.clock = clock;
        this.search = new TokenSearch(rounds, timings, clock);
        this.check = new ClusterCheck(client, clock);
        this.timers = new EndTimers(timings);
        this.heldLaunches = new HeldLaunches(client, clock);
    }

    /** Under this name, and as comment, a submission is known to Slurm. */
    static String jobName(ArraySubmission submission) {
        return JOB_NAME_START + submission.token();
    }

    @Override
    public synchronized SubmissionOutcome submit(ArraySubmission submission) {
        if (!Files.isRegularFile(submission.script())) {
            return new SubmissionOutcome.Rejected("there is no script '" + submission.script() + "'");
        }
        SubmissionOutcome outcome = client.submit(storage.seenByNodes(submission.script()));
        submitted.put(submission.token(), clock.instant());
        rounds.want(Urgency.ACTION, submission.elements());
        return outcome;
    }

    @Override
    public synchronized SearchOutcome find(ArraySubmission submission) {
        return search.find(submission);
    }

    @Override
    public Duration quarantine() {
        return timings.quarantine();
    }

    @Override
    public synchronized Optional<String> objection(Resources resources) {
        return check.objection(resources);
    }

    @Override
    public synchronized Map<ElementId, Observation> observe(Collection<ArraySubmission> submissions) {
        List<Interest> interests = new ArrayList<>();
        int live = 0;
        boolean adopted = false;
        for (ArraySubmission submission : submissions) {
            Set<Integer> undecided = undecided(submission);
            live += undecided.size();
            adopted |= submitted.putIfAbsent(submission.token(), Instant.EPOCH) == null;
            interests.add(Interest.in(submission, undecided));
        }
        if (adopted) {
            rounds.want(Urgency.ACTION, live);
        }
        Optional<Round> round = rounds.next(interests);
        if (round.isEmpty()) {
            return remembered(submissions);
        }
        Map<ElementId, Observation> before = new HashMap<>(last);
        boolean ending = hear(submissions, round.get());
        Map<ElementId, Observation> now = remembered(submissions);
        if (ending || !now.equals(restrict(before, now.keySet()))) {
            rounds.want(Urgency.CHANGE, live);
        }
        return now;
    }

    /** Takes in what a round says; true when the end of some element is being held. */
    private boolean hear(Collection<ArraySubmission> submissions, Round round) {
        Poll poll = Poll.of(round, submissions, clock.instant());
        boolean ending = false;
        for (ArraySubmission submission : submissions) {
            if (round.begunAt().isBefore(submitted.getOrDefault(submission.token(), Instant.EPOCH))) {
                continue; // asked before it was there
            }
            for (int index : undecided(submission)) {
                ElementId element = submission.element(index);
                Observation observation = timers.settle(element, poll.hear(submission, index), clock.instant());
                last.put(element, observation);
                ending |= timers.isRunningFor(element);
            }
            enforceStops(submission, poll);
            heldLaunches.release(submission, poll);
        }
        return ending;
    }

    private Set<Integer> undecided(ArraySubmission submission) {
        Set<Integer> undecided = Interest.all(submission);
        undecided.removeIf(index -> isDecided(submission.element(index)));
        return undecided;
    }

    @Override
    public synchronized int machines(Resources resources) {
        return check.nodes(resources);
    }

    /** One question to accounting, which has a record of every run. */
    @Override
    public Map<ElementId, List<Observation.Ended>> earlierEnds(ArraySubmission submission, Set<Integer> indices) {
        Interest interest = Interest.in(submission, indices);
        Answer<List<AccountingRow>> answer = client.accounting(List.of(interest.name()), interest.since());
        if (!(answer instanceof Answer.Answered<List<AccountingRow>> answered)) {
            return Map.of();
        }
        Map<ElementId, List<Observation.Ended>> ends = new HashMap<>();
        for (int index : indices) {
            List<AccountingRow> runs = answered.value().stream()
                    .filter(row ->
                            row.name().equals(interest.name()) && row.index().equals(OptionalInt.of(index)))
                    .sorted(Comparator.comparing(row -> row.started().orElse(Instant.MAX)))
                    .toList();
            List<Observation.Ended> earlier = new ArrayList<>();
            for (int run = 0; run < runs.size() - 1; run++) {
                earlier.add(Witness.earlier(runs.get(run), run));
            }
            ends.put(submission.element(index), earlier);
        }
        return ends;
    }

    @Override
    public synchronized void expectChange() {
        rounds.want(Urgency.CHANGE, 1);
    }

    @Override
    public Optional<String> place() {
        return identity.name();
    }

    /** The id comes fresh from the queue: one alone is no identity. */
    @Override
    public synchronized ThrottleOutcome throttle(ArraySubmission submission, int parallel) {
        Round round = Round.ask(client, List.of(), clock);
        if (round.queue() instanceof Answer.NoAnswer<List<QueueRow>> noAnswer) {
            return new ThrottleOutcome.NoAnswer(noAnswer.reason());
        }
        Poll poll = Poll.of(round, List.of(submission), clock.instant());
        for (int index = 0; index < submission.elements(); index++) {
            Optional<QueueRow> row = poll.alive(submission, index);
            if (row.isPresent()) {
                return client.throttle(row.get().arrayJob(), parallel) instanceof Answer.NoAnswer<Void> noAnswer
                        ? new ThrottleOutcome.NoAnswer(noAnswer.reason())
                        : new ThrottleOutcome.Set();
            }
        }
        return new ThrottleOutcome.Set(); // nothing of it is left that could be held back
    }

    private boolean isDecided(ElementId element) {
        return last.get(element) instanceof Observation.Ended;
    }

    private Map<ElementId, Observation> remembered(Collection<ArraySubmission> submissions) {
        Map<ElementId, Observation> found = new HashMap<>();
        for (ArraySubmission submission : submissions) {
            for (int index = 0; index < submission.elements(); index++) {
                ElementId element = submission.element(index);
                Observation observation = last.get(element);
                if (observation != null) {
                    found.put(element, observation);
                }
            }
        }
        return found;
    }

    private static Map<ElementId, Observation> restrict(Map<ElementId, Observation> all, Set<ElementId> keys) {
        Map<ElementId, Observation> some = new HashMap<>(all);
        some.keySet().retainAll(keys);
        return some;
    }

    /** The order is on disk before Slurm is asked, so a lost answer only delays the cancellation to the next poll. */
    @Override
    public synchronized StopOutcome stop(ArraySubmission submission, Set<Integer> indices, Duration grace) {
        try {
            new StopOrders(submission).add(submission, indices, clock.instant().plus(grace));
            storage.tell(submission);
        } catch (IOException e) {
            return new StopOutcome.NoAnswer(e.toString());
        }
        Poll poll = Poll.of(Round.ask(client, List.of(), clock), List.of(submission), clock.instant());
        Optional<String> silence = poll.silence();
        if (silence.isPresent()) {
            return new StopOutcome.NoAnswer(silence.get());
        }
        Answer<Void> answer = enforceStops(submission, poll);
        rounds.want(Urgency.ACTION, indices.size());
        return answer instanceof Answer.NoAnswer<Void> noAnswer
                ? new StopOutcome.NoAnswer(noAnswer.reason())
                : new StopOutcome.Requested();
    }

    /** What waits is cancelled at once, what runs when its grace is over; a requeued run waits again. */
    private Answer<Void> enforceStops(ArraySubmission submission, Poll poll) {
        Map<Integer, Instant> orders;
        try {
            orders = new StopOrders(submission).all();
        } catch (IOException | NumberFormatException e) {
            return new Answer.NoAnswer<>(e.toString());
        }
        Instant now = clock.instant();
        Set<String> ids = new HashSet<>();
        List<ElementId> elements = new ArrayList<>();
        for (Map.Entry<Integer, Instant> order : orders.entrySet()) {
            ElementId element = submission.element(order.getKey());
            Optional<QueueRow> row = poll.alive(submission, order.getKey());
            boolean again =
                    now.isAfter(cancelled.getOrDefault(element, Instant.EPOCH).plus(CANCEL_AGAIN));
            if (row.isPresent() && again && (!Poll.runs(row.get()) || !now.isBefore(order.getValue()))) {
                ids.add(row.get().id());
                elements.add(element);
            }
        }
        if (ids.isEmpty()) {
            return new Answer.Empty<>();
        }
        Answer<Void> answer = client.cancel(ids);
        if (answer instanceof Answer.NoAnswer<Void> noAnswer) {
            LOG.warn("not cancelled token={} reason={}", submission.token(), noAnswer.reason());
        } else {
            LOG.info("cancelled token={} elements={}", submission.token(), ids.size());
            elements.forEach(element -> cancelled.put(element, now));
        }
        return answer;
    }

    @Override
    public synchronized Duration observationInterval() {
        return rounds.untilNext();
    }

    @Override
    public synchronized int maxElements() {
        int most = Math.min(maxElements, identity.submitLimit());
        return Math.min(most, identity.limits().map(ClusterLimits::maxArraySize).orElse(most));
    }

    @Override
    public NodeStorage storage() {
        return storage;
    }

    @Override
    public synchronized int maxQueued() {
        return identity.submitLimit();
    }
}
