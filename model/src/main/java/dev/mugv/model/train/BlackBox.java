package dev.mugv.model.train;

import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last updates of one rank, written to {@code black-box-<rank>.json} of the durable folder when something goes wrong: which
 * samples, which numbers, and where in the model the gradients were large. With the seeds of the checkpoint this is enough to show
 * the model the same batches again.
 */
final class BlackBox {
    private static final int KEPT_UPDATES = 64;
    private static final int KEPT_TENSORS = 20;

    private final TaskContext context;
    private final int rank;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** Numbers as text, because those that matter most here may not be finite, which JSON has no word for. */
    record Entry(long update, long batch, List<String> samples, Map<String, String> figures, String action) {
        Entry {
            samples = List.copyOf(samples);
            figures = Map.copyOf(figures);
        }
    }

    /** The file. */
    record Content(
            String reason, long update, int rank, List<Entry> lastUpdates, List<TensorNorm> largestGradientNorms) {}

    /** How large the gradient of one tensor is. */
    record TensorNorm(String tensor, String norm) {}

    BlackBox(TaskContext context, int rank) {
        this.context = context;
        this.rank = rank;
    }

    /** Keeps one update, the oldest gives way. */
    void add(long update, long batch, List<String> samples, Map<String, Double> figures, String action) {
        Map<String, String> words = new LinkedHashMap<>();
        figures.forEach((name, value) -> words.put(name, Double.toString(value)));
        entries.add(new Entry(update, batch, samples, words, action));
        if (entries.size() > KEPT_UPDATES) {
            entries.remove();
        }
    }

    /** Writes what is kept, with the norms of the gradients as they stand; never the reason for which a training ends. */
    void write(String reason, long update, ParameterSet parameters) {
        Content content = new Content(reason, update, rank, List.copyOf(entries), largest(parameters));
        try {
            DurableFile.write(
                    context.durableFolder().resolve("black-box-" + rank + ".json"),
                    Json.pretty(content).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            context.log("Cannot write the record of the last updates: %s. It is lost.".formatted(e));
        }
    }

    private static List<TensorNorm> largest(ParameterSet parameters) {
        Map<String, Double> norms = new LinkedHashMap<>();
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer gradient = parameters.gradient(shape.name());
            double sum = 0;
            for (int i = 0; i < gradient.limit(); i++) {
                sum += (double) gradient.get(i) * gradient.get(i);
            }
            norms.put(shape.name(), Math.sqrt(sum));
        }
        // NaN counts as the largest.
        return norms.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .limit(KEPT_TENSORS)
                .map(entry -> new TensorNorm(entry.getKey(), Double.toString(entry.getValue())))
                .toList();
    }
}
