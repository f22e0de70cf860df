package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.QueueRow;
import java.util.List;
import java.util.Optional;

/**
 * What Slurm and the attempt's own files say of one element in one poll.
 *
 * @param queue its line, if the controller knows it
 * @param wholeArray the line of an array that was cancelled before any of it started, or what accounting says of one
 * @param accounting its runs, oldest first; empty when accounting was not asked
 * @param accountingAnswered whether accounting was asked and answered
 * @param siblingsKnown whether either tool knows anything of the submission
 * @param claims what its runs wrote when they started, in the order of runs
 */
record Testimony(
        Optional<QueueRow> queue,
        boolean wholeArray,
        List<AccountingRow> accounting,
        boolean accountingAnswered,
        boolean siblingsKnown,
        List<Claim> claims) {}
