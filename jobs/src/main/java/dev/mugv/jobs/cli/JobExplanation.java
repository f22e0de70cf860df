package dev.mugv.jobs.cli;

import java.util.List;

/**
 * Why a job is where it is; what {@code mugv why --json} prints.
 *
 * @param job Slurm's name for it; empty before Slurm has taken it
 * @param state in one word: PREPARED, UNKNOWN, WAITING, RUNNING, ENDING, or the attempt's verdict
 * @param because in plain words
 * @param next what to do
 * @param runs executions of the attempt that the ledger knows
 * @param policy what is done about its failure; empty without one
 * @param later further attempts of the same piece
 */
record JobExplanation(
        String step,
        String label,
        int attempt,
        String token,
        int index,
        String job,
        String state,
        String because,
        String next,
        List<Execution> runs,
        String policy,
        List<String> later) {
    /**
     * One execution by the executor.
     *
     * @param state RUNNING, REQUEUED, or how the executor says that it ended
     * @param evidence the executor's own words
     */
    record Execution(int run, String state, String host, String evidence, String workerSays) {}
}
