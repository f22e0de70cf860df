package dev.mugv.model.checkpoint;

import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * How the ranks of a run tell each other where a checkpoint stands: small files in their rendezvous, because the thread that
 * saves must not use the communicator of the thread that trains. A failure of one rank is the failure of all.
 */
final class RankExchange {
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private final Rank rank;
    private final Duration patience;
    private final String subject;

    /** What one rank says in place of its news when it could not do its part. */
    record Failure(int rank, FailureKind kind, String message) {}

    /**
     * @param subject what is being done, the same on all ranks, once a run
     * @param patience how long the slowest rank may take longer than this one
     */
    RankExchange(Rank rank, String subject, Duration patience) {
        this.rank = rank;
        this.subject = subject;
        this.patience = patience;
    }

    String subject() {
        return subject.replace(' ', '-');
    }

    Rank rank() {
        return rank;
    }

    boolean isAlone() {
        return rank.isAlone();
    }

    boolean leads() {
        return rank.leads();
    }

    /** Leaves this rank's news under a topic. */
    void tell(String topic, Object news) throws IOException {
        Files.createDirectories(rank.rendezvous());
        DurableFile.write(file(topic, rank.number()), Json.bytes(news));
    }

    /** Lets the others end too. */
    void tellFailure(WorkFailure failure) {
        try {
            if (!rank.isAlone() && failureOfAnother().isEmpty()) {
                tell("failure", new Failure(rank.number(), failure.kind(), failure.text()));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** What every rank said under a topic, in their order, once all have. */
    <T> List<T> hearAll(String topic, Class<T> type) {
        List<T> news = new ArrayList<>();
        for (int each = 0; each < rank.size(); each++) {
            news.add(hear(topic, each, type));
        }
        return news;
    }

    /**
     * What one rank said under a topic, once it has.
     *
     * @throws WorkFailure the failure of whichever rank failed; TRANSIENT when the time is up
     */
    <T> T hear(String topic, int from, Class<T> type) {
        long begun = System.nanoTime();
        Path file = file(topic, from);
        while (!Files.exists(file)) {
            failureOfAnother().ifPresent(failure -> {
                throw failure;
            });
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new WorkFailure(
                        FailureKind.TRANSIENT,
                        "Cannot finish %s: expected a word of rank %d within %d s, found none. It is tried again."
                                .formatted(subject, from, patience.toSeconds()));
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
        return Json.read(file, type);
    }

    /** What another rank said of its own failure; what this one found afterwards may only be its effect. */
    Optional<WorkFailure> failureOfAnother() {
        for (int each = 0; each < rank.size(); each++) {
            Path file = file("failure", each);
            if (each != rank.number() && Files.exists(file)) {
                Failure failure = Json.read(file, Failure.class);
                return Optional.of(
                        new WorkFailure(failure.kind(), "%s (rank %d)".formatted(failure.message(), failure.rank())));
            }
        }
        return Optional.empty();
    }

    private Path file(String topic, int from) {
        return rank.rendezvous().resolve("%s-%s-%d.json".formatted(subject(), topic, from));
    }
}
