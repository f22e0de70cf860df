package dev.mugv.model.worker.task;

import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.vae.VaeParameters;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the files that every task publishes which makes a VideoVAE. */
final class VaeFiles {
    private VaeFiles() {}

    /** Writes weights and description to the task's output. */
    static void write(TaskContext context, VideoVae vae, VaeDescription.Origin origin, String codeVersion)
            throws IOException {
        Path weights = context.pendingOutput().resolve(VaeDescription.WEIGHTS_FILE_NAME);
        vae.write(weights, Map.of("format", "pt"));
        VaeDescription description = new VaeDescription(
                vae.size(),
                origin,
                Sha256.ofFile(weights),
                new VaeParameters(vae.size())
                        .all().stream().mapToLong(ParameterShape::size).sum(),
                list(vae.shift()),
                list(vae.scale()),
                codeVersion);
        Files.writeString(context.pendingOutput().resolve(VaeDescription.FILE_NAME), Json.pretty(description));
    }

    private static List<Float> list(FloatBuffer values) {
        List<Float> list = new ArrayList<>();
        while (values.hasRemaining()) {
            list.add(values.get());
        }
        return list;
    }
}
