package dev.mugv.model.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitInput;
import dev.mugv.model.tensor.SafetensorsFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The inputs of a file of the transformer's numbers in this project's terms.
 *
 * @param text_SD captions without padding
 */
record DitBatch(NDArray text_SD, List<DitCondition> conditions) {
    static DitBatch of(SafetensorsFile golden, NDManager scope) {
        long[] lengths = golden.longs("text_lengths");
        long[] mask = golden.longs("x_mask");
        long[] indices = golden.longs("frame_indices");
        float[] timesteps = golden.floats("timestep");
        float[] fps = golden.floats("fps");
        int frames = mask.length / lengths.length;
        List<DitCondition> conditions = new ArrayList<>();
        for (int b = 0; b < lengths.length; b++) {
            Set<Integer> clean = new HashSet<>();
            List<Integer> positions = new ArrayList<>();
            for (int f = 0; f < frames; f++) {
                if (mask[b * frames + f] == 0) {
                    clean.add(f);
                }
            }
            for (int f = 0; f < frames + 2; f++) {
                positions.add((int) indices[b * (frames + 2) + f]);
            }
            conditions.add(new DitCondition(timesteps[b], fps[b], clean, positions, (int) lengths[b]));
        }
        return new DitBatch(pack(golden.array(scope, "y"), conditions), conditions);
    }

    DitInput input(NDArray latent_BCFHW) {
        return new DitInput(latent_BCFHW, text_SD, conditions);
    }

    /** Drops the padding of [B, 1, S, D]. */
    NDArray packedText(NDArray padded) {
        return pack(padded, conditions);
    }

    private static NDArray pack(NDArray padded, List<DitCondition> conditions) {
        NDList rows = new NDList();
        for (int b = 0; b < conditions.size(); b++) {
            rows.add(padded.get("%d, 0, 0:%d".formatted(b, conditions.get(b).textTokens())));
        }
        return NDArrays.concat(rows, 0);
    }
}
