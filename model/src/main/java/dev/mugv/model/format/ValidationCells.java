package dev.mugv.model.format;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The losses that a checkpoint's validation losses are means of: {@code validation-cells.json}.
 *
 * @param checkpoint what people call the checkpoint
 * @param grids one a grid
 */
public record ValidationCells(String checkpoint, List<Cells> grids) {
    public static final String FILE_NAME = "validation-cells.json";

    public ValidationCells {
        grids = List.copyOf(grids);
    }

    /**
     * Losses of one grid.
     *
     * @param losses clip after clip, of each its timesteps from the least noise to the most
     */
    public record Cells(ValidationGrid grid, List<Double> losses) {
        public Cells {
            losses = List.copyOf(losses);
            if (losses.size() != grid.clipIds().size() * grid.timesteps()) {
                throw new IllegalArgumentException("expected %d losses, found %d"
                        .formatted(grid.clipIds().size() * grid.timesteps(), losses.size()));
            }
        }

        /** Mean over all of them, added up in their order. */
        public double mean() {
            double sum = 0;
            for (double loss : losses) {
                sum += loss;
            }
            return sum / losses.size();
        }

        /**
         * Means over some timesteps by clip. A clip's losses hang together; clips do not.
         *
         * @param from the first timestep, from 0
         * @param to the one after the last
         */
        public SortedMap<String, Double> byClip(int from, int to) {
            SortedMap<String, Double> means = new TreeMap<>();
            for (int clip = 0; clip < grid.clipIds().size(); clip++) {
                double sum = 0;
                for (int k = from; k < to; k++) {
                    sum += losses.get(clip * grid.timesteps() + k);
                }
                means.put(grid.clipIds().get(clip), sum / (to - from));
            }
            return means;
        }
    }
}
