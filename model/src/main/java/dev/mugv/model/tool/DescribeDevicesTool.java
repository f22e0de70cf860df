package dev.mugv.model.tool;

import dev.mugv.kernels.cuda.CudaImages;
import dev.mugv.kernels.cuda.CudaProbe;
import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import dev.mugv.model.format.DeviceFacts;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Says on what this machine's workers can compute, as JSON; {@code mugv doctor} asks. */
final class DescribeDevicesTool implements ModelTool {
    @Override
    public int run(JsonNode request, ToolTerminal terminal) {
        terminal.out().println(Json.text(facts()));
        return DONE;
    }

    private static DeviceFacts facts() {
        CudaImages images = CudaImages.ofThisBuild();
        String kernels = images.names().isEmpty()
                ? "none: this build had no nvcc, so the device 'cuda' is refused"
                : "of nvcc %s: %s".formatted(images.compiler(), String.join(", ", images.names()));
        List<String> gpus = new ArrayList<>();
        boolean cuda = false;
        CudaProbe.Finding finding = CudaProbe.look();
        if (finding instanceof CudaProbe.Finding.Found found) {
            for (int ordinal = 0; ordinal < found.gpus().size(); ordinal++) {
                CudaProbe.Gpu gpu = found.gpus().get(ordinal);
                String image = image(images, gpu, Device.cuda(ordinal));
                cuda |= !gpu.isEmulated() && images.names().contains(image);
                gpus.add("%s, sm_%d, driver for CUDA %d.%d, kernels %s"
                        .formatted(
                                gpu.name(),
                                gpu.capability(),
                                found.driver() / 1000,
                                found.driver() % 1000 / 10,
                                image));
            }
        } else {
            gpus.add("none: " + ((CudaProbe.Finding.Absent) finding).fact());
        }
        try {
            return new DeviceFacts(TorchRuntime.start(1).description(), true, kernels, gpus, cuda);
        } catch (WorkFailure e) {
            return new DeviceFacts(e.text(), false, kernels, gpus, cuda);
        }
    }

    private static String image(CudaImages images, CudaProbe.Gpu gpu, Device device) {
        try {
            return images.nameFor(gpu.capability(), device);
        } catch (UnusableDeviceException e) {
            return "none for it";
        }
    }
}
