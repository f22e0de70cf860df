package dev.mugv.slurm.cluster;

import dev.mugv.slurm.script.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Something countable that each node is asked for.
 *
 * @param name for example {@code gpu}
 * @param type for example {@code a100}
 */
record GenericResource(String name, Optional<String> type, int count) {
    /** What {@code --gres} and {@code --gpus-per-node} ask of each node (sbatch manual). */
    static List<GenericResource> of(Resources resources) {
        List<GenericResource> wanted = new ArrayList<>();
        resources.option("gres").ifPresent(list -> {
            for (String each : list.split(",")) {
                wanted.add(parse(each));
            }
        });
        resources.option("gpus-per-node").ifPresent(gpus -> wanted.add(parse("gpu:" + gpus)));
        return wanted;
    }

    String label() {
        return type.map(each -> name + ":" + each).orElse(name);
    }

    private static GenericResource parse(String text) {
        String[] parts = text.split(":");
        String last = parts[parts.length - 1];
        boolean counted = parts.length > 1 && last.matches("\\d{1,6}");
        int count = counted ? Integer.parseInt(last) : 1;
        Optional<String> type = parts.length - (counted ? 1 : 0) > 1 ? Optional.of(parts[1]) : Optional.empty();
        return new GenericResource(parts[0], type, count);
    }
}
