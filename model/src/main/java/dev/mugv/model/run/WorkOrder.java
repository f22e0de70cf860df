package dev.mugv.model.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What one attempt has to do, written by the controller as JSON before it submits, and read by the worker.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param token the submission's random token, 32 hexadecimal digits
 * @param index logical array index within the submission
 * @param attempt how often this piece of work has been tried, from 1
 * @param task what to do
 * @param key identity of the result
 * @param workspace root of shared storage
 * @param parameters the task's own record as a tree, see each task
 * @param inputs published artifacts to read
 * @param threads compute threads; part of the environment that decides the bits
 * @param ranks one entry a rank
 * @param communication how ranks reach each other
 * @param conduct how a training runs and is watched; no part of the key
 * @param circumstances what else the task is told that decides nothing of its result; no part of the key
 */
public record WorkOrder(
        int formatVersion,
        String token,
        int index,
        int attempt,
        TaskKind task,
        ArtifactKey key,
        Path workspace,
        JsonNode parameters,
        List<ArtifactRef> inputs,
        int threads,
        List<RankPlace> ranks,
        Communication communication,
        TrainingConduct conduct,
        Optional<JsonNode> circumstances) {
    public static final int FORMAT_VERSION = 1;

    public WorkOrder {
        inputs = List.copyOf(inputs);
        ranks = List.copyOf(ranks);
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "work order format version " + formatVersion + ", this build reads " + FORMAT_VERSION);
        }
    }

    /** Work whose ranks, if there are several, are processes that do not communicate but by files. */
    public WorkOrder(
            int formatVersion,
            String token,
            int index,
            int attempt,
            TaskKind task,
            ArtifactKey key,
            Path workspace,
            JsonNode parameters,
            List<ArtifactRef> inputs,
            int threads,
            List<RankPlace> ranks) {
        this(
                formatVersion,
                token,
                index,
                attempt,
                task,
                key,
                workspace,
                parameters,
                inputs,
                threads,
                ranks,
                Communication.NONE,
                TrainingConduct.DEFAULT,
                Optional.empty());
    }

    /** A training without wishes about how it runs. */
    // Twelve, as above: one fact sheet.
    public WorkOrder(
            int formatVersion,
            String token,
            int index,
            int attempt,
            TaskKind task,
            ArtifactKey key,
            Path workspace,
            JsonNode parameters,
            List<ArtifactRef> inputs,
            int threads,
            List<RankPlace> ranks,
            Communication communication) {
        this(
                formatVersion,
                token,
                index,
                attempt,
                task,
                key,
                workspace,
                parameters,
                inputs,
                threads,
                ranks,
                communication,
                TrainingConduct.DEFAULT,
                Optional.empty());
    }

    /** Worker processes that carry it out together. */
    public int processes() {
        return ranks.size() / communication.ranksPerProcess();
    }

    /**
     * Where one rank runs.
     *
     * @param rank index of the worker process, from 0
     * @param host {@code localhost} of a single rank; empty where the executor finds nodes, which workers are told by
     *     arguments
     * @param device {@code cpu}, or {@code cuda}: the GPU that Slurm bound to the rank, else the one of its local number
     */
    public record RankPlace(int rank, String host, String device) {}
}
