package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.ExitStatus;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.Observation.EndState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What Slurm says of one element, as the second of the three witnesses of a verdict: a pure function of one poll's
 * testimony. The controller's word goes first; accounting speaks for what the controller has forgotten, and an element of
 * which neither has a trace is cancelled only where its siblings are known and no run of it ever claimed the attempt.
 */
final class Witness {
    /** Clocks of nodes, accounting's whole seconds. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private Witness() {}

    /** What the testimony comes to. */
    sealed interface Finding {
        /** Not over. */
        record Alive(Observation observation) implements Finding {}

        /** Over, if it stays so for as long as {@code patience} says. */
        record Over(Observation.Ended end, Patience patience) implements Finding {}

        /** The controller has forgotten it, so accounting must be asked. */
        record Forgotten() implements Finding {}

        /** Neither tool accounts for it at the moment. */
        record Unaccounted(String reason, Observation.Ended loss) implements Finding {}
    }

    /** How long an end must stand before it is believed. */
    enum Patience {
        NONE,
        /** Slurm may revise it. */
        REVISABLE,
        /** It rests on the absence of a trace. */
        NO_TRACE
    }

    static Finding hear(Testimony testimony, Instant now) {
        if (testimony.queue().isPresent()) {
            return fromQueue(testimony.queue().get(), testimony.claims(), now);
        }
        if (testimony.wholeArray() && testimony.claims().isEmpty()) {
            return new Finding.Over(neverStarted(now, "cancelled with its whole array"), Patience.REVISABLE);
        }
        if (!testimony.accountingAnswered()) {
            return new Finding.Forgotten();
        }
        List<AccountingRow> runs = testimony.accounting();
        if (!runs.isEmpty()) {
            return fromAccounting(runs, testimony.claims(), now);
        }
        if (testimony.siblingsKnown() && testimony.claims().isEmpty()) {
            return new Finding.Over(
                    neverStarted(now, "cancelled before its start: Slurm knows its siblings and not it"),
                    Patience.NO_TRACE);
        }
        return unaccounted("neither the queue nor accounting knows it", testimony.claims(), now);
    }

    private static Finding fromQueue(QueueRow row, List<Claim> claims, Instant now) {
        if (row.state().isEmpty()) {
            return new Finding.Alive(
                    new Observation.NoAnswer("Slurm job %s is in state '%s', which this build does not know"
                            .formatted(row.id(), row.stateWord())));
        }
        JobState state = row.state().get();
        return switch (state.phase()) {
            case WAITING -> new Finding.Alive(new Observation.Waiting(row.reason()));
            case RUNNING ->
                new Finding.Alive(new Observation.Running(
                        row.restarts(), row.host(), row.started().orElse(now)));
            case OVER -> {
                Account account = new Account(row.id(), row.job(), state, row.stateWord(), row.exit(), row.host());
                Observation.Ended end = ended(
                        account, row.restarts(), row.started(), row.ended().orElse(now), claims);
                yield new Finding.Over(end, patience(state, end));
            }
        };
    }

    private static Finding fromAccounting(List<AccountingRow> runs, List<Claim> claims, Instant now) {
        AccountingRow last = runs.get(runs.size() - 1);
        boolean over = last.state().isPresent() && last.state().get().phase() == JobState.Phase.OVER;
        if (!over) {
            return unaccounted(
                    "the queue does not know Slurm job %s, of which accounting says %s"
                            .formatted(last.id(), last.stateWord()),
                    claims,
                    now);
        }
        Account account =
                new Account(last.id(), last.job(), last.state().get(), last.stateWord(), last.exit(), last.nodes());
        Observation.Ended end = ended(
                account,
                run(last, runs.size(), claims),
                last.started(),
                last.ended().orElse(now),
                claims);
        return new Finding.Over(end, Patience.REVISABLE);
    }

    /**
     * Accounting has no restart count in all versions; the claim that this very run made has it. A run that never came to
     * claim is one after the last that did.
     */
    private static int run(AccountingRow last, int runs, List<Claim> claims) {
        Instant from = last.started().orElse(Instant.MAX).minus(SLACK);
        Instant to = last.ended().orElse(Instant.MAX.minus(SLACK)).plus(SLACK);
        return claims.stream()
                .filter(claim -> claim.job().equals(last.job()))
                .filter(claim -> !claim.at().isBefore(from) && !claim.at().isAfter(to))
                .mapToInt(Claim::run)
                .max()
                .orElseGet(() -> claims.isEmpty()
                        ? runs - 1
                        : claims.get(claims.size() - 1).run() + 1);
    }

    private static Observation.Ended ended(
            Account account, int run, Optional<Instant> started, Instant ended, List<Claim> claims) {
        Optional<Claim> claim =
                claims.stream().filter(each -> each.run() == run).findFirst();
        EndState state = endState(account.state());
        String detail = "Slurm job %s %s %s%s"
                .formatted(
                        account.id(),
                        account.word(),
                        account.exit(),
                        account.host().isEmpty() ? "" : " on " + account.host());
        if (state == EndState.COMPLETED && claim.isEmpty()) {
            // Slurm calls a job COMPLETED whose script it could not start ("Plugin initialization failed").
            state = EndState.NODE_FAILURE;
            detail += ", but its script never began";
        } else if (claim.isPresent() && !claim.get().job().equals(account.job())) {
            state = EndState.UNRECOGNISED;
            detail += ", but run %d was claimed by Slurm job %s"
                    .formatted(run, claim.get().job());
        }
        boolean hasExitCode = state == EndState.COMPLETED || state == EndState.FAILED;
        return new Observation.Ended(
                run,
                state,
                hasExitCode ? OptionalInt.of(account.exit().asShell()) : OptionalInt.empty(),
                claim.isPresent() || account.state() != JobState.CANCELLED ? started : Optional.empty(),
                ended,
                detail,
                machine(account.host()));
    }

    /** How a run ended that was followed by another, by its number. */
    static Observation.Ended earlier(AccountingRow row, int run) {
        return new Observation.Ended(
                run,
                row.state().map(Witness::endState).orElse(EndState.UNRECOGNISED),
                OptionalInt.empty(),
                row.started(),
                row.ended().orElse(row.submitted()),
                "Slurm job %s %s %s on %s".formatted(row.id(), row.stateWord(), row.exit(), row.nodes()),
                machine(row.nodes()));
    }

    /** A list of several nodes is no machine; neither is what accounting says where there was none. */
    private static String machine(String nodes) {
        return nodes.matches("[A-Za-z0-9._-]+") ? nodes : "";
    }

    private static EndState endState(JobState state) {
        return switch (state) {
            case COMPLETED -> EndState.COMPLETED;
            case FAILED -> EndState.FAILED;
            case CANCELLED, REVOKED -> EndState.CANCELLED;
            case TIMEOUT, DEADLINE -> EndState.TIME_LIMIT;
            case OUT_OF_MEMORY -> EndState.OUT_OF_MEMORY;
            case NODE_FAIL, BOOT_FAIL, LAUNCH_FAILED -> EndState.NODE_FAILURE;
            case PREEMPTED -> EndState.PREEMPTED;
            default -> EndState.UNRECOGNISED;
        };
    }

    private static Patience patience(JobState state, Observation.Ended end) {
        boolean asExpected = !state.mayBeRevised() && end.state() == endState(state);
        return asExpected ? Patience.NONE : Patience.REVISABLE;
    }

    private static Observation.Ended neverStarted(Instant now, String detail) {
        return new Observation.Ended(0, EndState.CANCELLED, OptionalInt.empty(), Optional.empty(), now, detail);
    }

    private static Finding unaccounted(String reason, List<Claim> claims, Instant now) {
        int run = claims.isEmpty() ? 0 : claims.get(claims.size() - 1).run();
        Observation.Ended loss =
                new Observation.Ended(run, EndState.LOST, OptionalInt.empty(), Optional.empty(), now, reason);
        return new Finding.Unaccounted(reason, loss);
    }

    private record Account(String id, String job, JobState state, String word, ExitStatus exit, String host) {}
}
