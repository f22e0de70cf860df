package dev.mugv.model.feature;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;

/** A TorchScript file that is given one tensor and answers one: tried when it is opened, so that work does not begin with a wrong one. */
final class ScriptNetwork implements AutoCloseable {
    private static final int NAME_DIGITS = 16;

    private final Path file;
    private final String role;
    private final TorchRuntime runtime;
    private final ScriptModule module;
    private final String name;

    private ScriptNetwork(Path file, String role, TorchRuntime runtime, ScriptModule module) {
        this.file = file;
        this.role = role;
        this.runtime = runtime;
        this.module = module;
        this.name = "torchscript-" + Sha256.ofFile(file).substring(0, NAME_DIGITS);
    }

    /**
     * Opens a file and asks it once.
     *
     * @param role what it is wanted for, for messages
     * @param input the shape that it will be given
     * @param answer numbers that it must answer; 0 for any
     * @throws WorkFailure of kind INVALID_REQUEST when there is no such file, it holds no TorchScript, does not take this shape, or
     *     answers another
     */
    static ScriptNetwork open(Path file, String role, TorchRuntime runtime, Shape input, int answer) {
        if (!Files.isRegularFile(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load the network of '%s': no file '%s'. Correct its path or remove it."
                            .formatted(role, file));
        }
        ScriptNetwork network = new ScriptNetwork(file, role, runtime, ScriptModule.ofFile(file));
        try {
            network.forward(input, new float[(int) input.size()], answer);
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /**
     * Asks the network.
     *
     * @param answer numbers that it must answer; 0 for any
     */
    float[] forward(Shape shape, float[] values, int answer) {
        try (NDManager scope = runtime.newScope()) {
            NDArray found = module.call("forward")
                    .with(EngineMemory.array(scope, shape, values))
                    .one(scope);
            boolean fits = answer == 0
                    ? found.getShape().dimension() == 2 && found.getShape().get(0) == 1
                    : found.size() == answer;
            if (!fits) {
                throw refused("given %s, it answers %s".formatted(shape, found.getShape()), answer);
            }
            float[] numbers = found.toFloatArray();
            for (float number : numbers) {
                if (!Float.isFinite(number)) {
                    throw refused("given %s, it answers %s".formatted(shape, number), answer);
                }
            }
            return numbers;
        } catch (EngineException | UnsupportedOperationException | IllegalArgumentException e) {
            throw refused(
                    "given %s, it fails: %s"
                            .formatted(
                                    shape,
                                    String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse("")),
                    answer);
        }
    }

    private WorkFailure refused(String fact, int answer) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot use '%s' for '%s': %s, expected %s of fp32. Name a file with such a forward, or remove it."
                        .formatted(file, role, fact, answer == 0 ? "finite features [1, D]" : "one finite number"));
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        module.close();
    }
}
