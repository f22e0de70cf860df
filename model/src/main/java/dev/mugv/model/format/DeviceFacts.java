package dev.mugv.model.format;

import java.util.List;

/**
 * What a machine's workers can compute on.
 *
 * @param libtorch the engine with its version, or why it does not start
 * @param libtorchStarts whether it starts
 * @param kernels the CUDA kernels of this build: compiler and images, or that there are none
 * @param gpus every GPU with the image that it gets, or why there is none
 * @param cuda whether the device {@code cuda} can be used for kernels
 */
public record DeviceFacts(String libtorch, boolean libtorchStarts, String kernels, List<String> gpus, boolean cuda) {
    public DeviceFacts {
        gpus = List.copyOf(gpus);
    }
}
