package dev.mugv.bench;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Times of the engine's operations within one computation, by its own profiler; only the calling thread is watched. */
final class OperationTimes {
    private static final List<String> PRODUCTS =
            List.of("aten::addmm", "aten::mm", "aten::bmm", "aten::_scaled_dot_product_flash_attention_for_cpu");

    private final JsonNode events;
    private final double wholeMicroseconds;

    private OperationTimes(JsonNode events, double wholeMicroseconds) {
        this.events = events;
        this.wholeMicroseconds = wholeMicroseconds;
    }

    static OperationTimes of(Runnable computation) {
        try {
            Path trace = Files.createTempFile("operations", ".json");
            try {
                // Recording ends and the file is written in one call, so the whole's time is taken before it.
                JniUtils.startProfile(false, true, false);
                long start = System.nanoTime();
                double whole;
                try {
                    computation.run();
                } finally {
                    whole = (System.nanoTime() - start) / 1e3;
                    JniUtils.stopProfile(trace.toString());
                }
                return new OperationTimes(new ObjectMapper().readTree(Files.readString(trace)), whole);
            } finally {
                Files.delete(trace);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Part of the time that is spent in dense convolutions. */
    double convolutionShare() {
        return share(event -> event.get("name").asString().startsWith("mkldnn::_convolution_pointwise")
                && !isDepthwise(event.get("shape")));
    }

    /** Part of the time that is spent in matrix products and attention. */
    double productShare() {
        return share(event -> PRODUCTS.contains(event.get("name").asString()));
    }

    /** Part of the time that is spent in the channel-wise affine maps that a normalisation's last pass is. */
    double affineShare() {
        return share(event -> event.get("name").asString().startsWith("mkldnn::_convolution_pointwise")
                && isDepthwise(event.get("shape")));
    }

    /** Part of the time that is spent on a normalisation's means and variances. */
    double statisticsShare() {
        return share(event -> event.get("name").asString().equals("aten::batch_norm_update_stats"));
    }

    /** Part of the time that is spent on copies. */
    double copyShare() {
        return share(event -> event.get("name").asString().equals("aten::copy_"));
    }

    private double share(Predicate<JsonNode> wanted) {
        double sum = 0;
        for (JsonNode event : events) {
            if (wanted.test(event)) {
                sum += event.get("dur").asDouble();
            }
        }
        return sum / wholeMicroseconds;
    }

    /** Whether the weight, the last shape of four or five axes, has one tap and one input channel. */
    private static boolean isDepthwise(JsonNode shapes) {
        long inputsAndTaps = 0;
        for (JsonNode shape : shapes) {
            if (shape.size() >= 4) {
                inputsAndTaps = 1;
                for (int axis = 1; axis < shape.size(); axis++) {
                    inputsAndTaps *= shape.get(axis).asLong();
                }
            }
        }
        return inputsAndTaps == 1;
    }
}
