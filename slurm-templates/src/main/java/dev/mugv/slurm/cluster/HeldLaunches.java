package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Releases elements that Slurm put back and holds because a node could not launch them ("launch failed requeued held"):
 * a busy node does that to one of a thousand, and without a release they would wait for ever.
 */
final class HeldLaunches {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLaunches.class);
    private static final int MAX_RELEASES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final SlurmClient client;
    private final Clock clock;
    private final Map<ElementId, Releases> releases = new HashMap<>();

    HeldLaunches(SlurmClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Releases what is held, each element a few times only: a person then looks at the nodes. */
    void release(ArraySubmission submission, Poll poll) {
        Instant now = clock.instant();
        List<String> ids = new ArrayList<>();
        for (int index = 0; index < submission.elements(); index++) {
            ElementId element = submission.element(index);
            boolean held = poll.alive(submission, index)
                    .filter(QueueRow::isHeldAfterFailedLaunch)
                    .isPresent();
            Releases before = releases.getOrDefault(element, new Releases(0, Instant.EPOCH));
            if (held
                    && before.count() < MAX_RELEASES
                    && now.isAfter(before.last().plus(PAUSE))) {
                releases.put(element, new Releases(before.count() + 1, now));
                ids.add(poll.alive(submission, index).orElseThrow().id());
            }
        }
        if (!ids.isEmpty()) {
            Answer<Void> answer = client.release(ids);
            LOG.warn(
                    "launches failed and are held, released token={} jobs={} answer={}",
                    submission.token(),
                    ids,
                    answer);
        }
    }

    private record Releases(int count, Instant last) {}
}
