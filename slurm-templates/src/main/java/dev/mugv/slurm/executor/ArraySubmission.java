package dev.mugv.slurm.executor;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A submission as the executor sees it; everything is known before it is handed over, so a search needs no more.
 *
 * @param token 32 hexadecimal digits, unique
 * @param folder the submission's own: script, attempts, the executor's records
 * @param elements how many, with logical indices from 0
 * @param parallel how many may run at once
 * @param preparedAt a moment before it was first handed over; where a search begins
 */
public record ArraySubmission(String token, Path folder, int elements, int parallel, Instant preparedAt) {
    /** Where the rendered script is. */
    public Path script() {
        return folder.resolve("script.sbatch");
    }

    /** Where an element's attempt keeps its files. */
    public Path attempt(int index) {
        return folder.resolve("attempts").resolve(Integer.toString(index));
    }

    /** The log of one run of an element, written by the script. */
    public Path log(int index, int run) {
        return attempt(index).resolve("run-" + run + ".log");
    }

    /** The file whose presence asks an element to stop; empty when the controller made it. */
    public Path stopFile(int index) {
        return attempt(index).resolve("stop");
    }

    /** Where the script leaves a mark, {@code <index>-<run>}, when a run has ended by itself. */
    public Path ended() {
        return folder.resolve("ended");
    }

    public ElementId element(int index) {
        return new ElementId(token, index);
    }
}
