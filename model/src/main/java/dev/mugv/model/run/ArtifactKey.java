package dev.mugv.model.run;

import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The identity of a piece of work: a hash of everything that decides its result (task, code version, parameters and the
 * content of its inputs). Equal keys mean that the work is done; dates are never asked.
 *
 * @param value 64 hexadecimal digits
 */
public record ArtifactKey(String value) {
    public ArtifactKey {
        if (!value.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("an artifact key is 64 hexadecimal digits, got '" + value + "'");
        }
    }

    /** The key of work done by one thread, see {@link #of(TaskKind, String, JsonNode, List, int)}. */
    public static ArtifactKey of(TaskKind task, String codeVersion, JsonNode parameters, List<ArtifactRef> inputs) {
        return of(task, codeVersion, parameters, inputs, 1);
    }

    /**
     * The key of a piece of work.
     *
     * @param threads compute threads; they decide how sums are split, so they decide the bits
     */
    public static ArtifactKey of(
            TaskKind task, String codeVersion, JsonNode parameters, List<ArtifactRef> inputs, int threads) {
        return of(task, codeVersion, parameters, inputs, threads, 1);
    }

    /**
     * The key of a piece of work that several processes carry out.
     *
     * @param ranks how many; they decide how data and sums are split, except where {@link TaskKind#isDecidedByRanks} denies it
     */
    // Six parameters because each is one part of the recipe.
    public static ArtifactKey of(
            TaskKind task, String codeVersion, JsonNode parameters, List<ArtifactRef> inputs, int threads, int ranks) {
        TreeMap<String, Object> recipe = new TreeMap<>();
        recipe.put("task", task.label());
        recipe.put("code-version", codeVersion);
        recipe.put("parameters", parameters);
        recipe.put("inputs", inputs);
        recipe.put("threads", threads);
        if (ranks > 1
                && task.isDecidedByRanks()) { // absent for one, so that what was made before there were several is
            // still up to date
            recipe.put("ranks", ranks);
        }
        return new ArtifactKey(Sha256.of(Json.bytes(recipe)));
    }

    /** First 16 digits, used in folder names and messages. */
    public String shortForm() {
        return value.substring(0, 16);
    }
}
