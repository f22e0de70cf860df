package dev.mugv.model.format;

import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * What {@code mugv model costs} asks.
 *
 * @param stages to be measured, one after the other
 * @param repeats updates that are measured of each shape
 * @param threads of one tensor operation
 */
public record MeasureCostsRequest(List<Stage> stages, int repeats, int threads) {
    public MeasureCostsRequest {
        stages = List.copyOf(stages);
    }

    /**
     * A stage, as far as it decides what a sample costs.
     *
     * @param shapes that it shows, images too
     */
    public record Stage(String name, DitSize size, ComputePrecision precision, Tuning tuning, List<VideoShape> shapes) {
        public Stage {
            shapes = List.copyOf(shapes);
        }
    }
}
