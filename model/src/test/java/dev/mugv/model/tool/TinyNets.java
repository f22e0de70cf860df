package dev.mugv.model.tool;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.GenerateVideoRequest;
import dev.mugv.model.format.GenerateVideoRequest.Existing;
import dev.mugv.model.format.GenerateVideoRequest.Given;
import dev.mugv.model.format.GenerateVideoRequest.Nets;
import dev.mugv.model.format.GenerateVideoRequest.Output;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Untrained nets in a folder, and requests for them.
 *
 * @param folder holds {@code model/}, {@code vae.safetensors} and what is made
 */
record TinyNets(Path folder) {
    static final VideoShape SHAPE = new VideoShape(48, 32, 24, 8);
    static final TextConfiguration TEXT = new TextConfiguration(Optional.empty(), 16, 24, 3);
    private static final DitSize SIZE = new DitSize(72, 1, 16, 24);

    static TinyNets in(Path folder) {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 5);
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE))) {
            vae.write(folder.resolve("vae.safetensors"), Map.of());
            DitParameters.initialise(parameters, 7);
            Path model = Files.createDirectories(folder.resolve("model"));
            Path weights = model.resolve(ModelDescription.WEIGHTS_FILE_NAME);
            parameters.write(weights, Map.of());
            ModelDescription description = new ModelDescription(
                    SIZE, "proxy", 0, parameters.size(), Sha256.ofFile(weights), "test", List.of());
            Files.writeString(model.resolve(ModelDescription.FILE_NAME), Json.pretty(description));
            return new TinyNets(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Nets nets() {
        return new Nets(folder.resolve("model"), folder.resolve("vae.safetensors"), TEXT, Optional.empty());
    }

    Path out() {
        return folder.resolve("out.mp4");
    }

    GenerateVideoRequest request(Nets nets, Given given, VideoShape shape) {
        return new GenerateVideoRequest(
                "a red ball",
                nets,
                shape,
                new SamplerConfiguration(2, 3, "blurry", 42),
                given,
                new Output(out(), Existing.KEPT),
                1);
    }

    GenerateVideoRequest request(Given given) {
        return request(nets(), given, SHAPE);
    }
}
