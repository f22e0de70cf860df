package dev.mugv.steps.poll;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Runs commands within the budget of the place and writes each into the ledger. Where the budget is used up a command waits
 * for its turn; one that cannot have it in time is not run, which is no answer. A database that is away stops nothing.
 */
public final class RecordedCommands implements CommandRunner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedCommands.class);
    private static final Duration FORGET_AGAIN = Duration.ofHours(1);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int MAX_REASON = 500;

    private final CommandRunner commands;
    private final RemoteCallLedger ledger;
    private final Clock clock;
    private Instant forgotten = Instant.MIN;

    /**
     * @param commands closed with this where it can be
     */
    public RecordedCommands(CommandRunner commands, RemoteCallLedger ledger, Clock clock) {
        this.commands = commands;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public CommandResult run(List<String> command, Duration limit) {
        String tool = tool(command);
        Optional<Long> number;
        try {
            forgetOld();
            number = turn(tool, limit);
            if (number.isEmpty()) {
                String reason = "not run: the budget of %d calls a minute is used up"
                        .formatted(ledger.caller().callsPerMinute());
                LOG.warn("{} {}", tool, reason);
                return new CommandResult.NoAnswer(reason);
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("a call of {} could not be noted: {}", tool, e.toString());
            return commands.run(command, limit);
        }
        long begun = System.nanoTime();
        CommandResult result = commands.run(command, limit);
        note(number.get(), result, Duration.ofNanos(System.nanoTime() - begun));
        return result;
    }

    private Optional<Long> turn(String tool, Duration limit) {
        long begun = System.nanoTime();
        while (true) {
            Optional<Long> number = ledger.begin(tool);
            boolean late = System.nanoTime() - begun > limit.toNanos()
                    || Thread.currentThread().isInterrupted();
            if (number.isPresent() || late) {
                return number;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private void note(long number, CommandResult result, Duration duration) {
        RemoteCallLedger.End end;
        if (result instanceof CommandResult.Finished finished) {
            boolean well = finished.exitCode() == 0;
            String outcome = !well ? "REFUSED" : finished.out().isBlank() ? "EMPTY" : "ANSWERED";
            Optional<String> reason = well ? Optional.empty() : Optional.of(cut(finished.err()));
            end = new RemoteCallLedger.End(
                    duration,
                    outcome,
                    Optional.of(finished.exitCode()),
                    finished.out().length(),
                    reason);
        } else {
            CommandResult.NoAnswer noAnswer = (CommandResult.NoAnswer) result;
            end = new RemoteCallLedger.End(
                    duration, "NO_ANSWER", Optional.empty(), 0, Optional.of(cut(noAnswer.reason())));
        }
        try {
            ledger.end(number, end);
        } catch (DataAccessException e) {
            LOG.warn("the end of a call could not be noted: {}", e.toString());
        }
    }

    private synchronized void forgetOld() {
        Instant now = clock.instant();
        if (forgotten.equals(Instant.MIN) || now.isAfter(forgotten.plus(FORGET_AGAIN))) {
            forgotten = now;
            ledger.forgetOld();
        }
    }

    /** The program's name: what stands behind {@code env}, its options and the variables that it sets. */
    static String tool(List<String> command) {
        return command.stream()
                .filter(word -> !word.equals("env") && !word.startsWith("-") && !word.contains("="))
                .findFirst()
                .orElse("env");
    }

    private static String cut(String text) {
        String line = text.strip();
        return line.length() <= MAX_REASON ? line : line.substring(line.length() - MAX_REASON);
    }

    @Override
    public void close() throws Exception {
        if (commands instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
