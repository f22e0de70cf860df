package dev.mugv.model.golden;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The golden files of a folder and the folders in it: safetensors files whose metadata name what they hold ({@code kind} is
 * {@code dit}, {@code sampler}, {@code vae} or {@code t5}) and its sizes, lists of a state dict's keys ({@code *-keys.json}),
 * and files of torch ({@code *.pt}).
 */
public final class GoldenFolder {
    private static final String SAFETENSORS = ".safetensors";

    private final Path folder;
    private final List<Path> files;

    /**
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if there is no such folder or nothing to be checked in it
     */
    public GoldenFolder(Path folder) {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            throw refused("expected a folder, found none");
        }
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> isGolden(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (files.isEmpty()) {
            throw refused("expected *.safetensors, *-keys.json or *.pt in it, found none");
        }
    }

    /** The files to be checked, in the order of their names. */
    public List<Path> files() {
        return files;
    }

    /** A file's name as the user knows it: its path in the folder. */
    public String name(Path file) {
        return folder.relativize(file).toString();
    }

    /**
     * Computes what a file holds and compares, with the runtime's threads.
     *
     * @param errors takes the error of each tensor as soon as it is known
     * @throws WorkFailure if the file is damaged or not of the documented layout
     */
    public static void check(Path file, TorchRuntime runtime, Consumer<TensorError> errors) {
        if (file.getFileName().toString().endsWith(KeyList.SUFFIX)) {
            new KeyList(file).check(errors);
            return;
        }
        if (file.getFileName().toString().endsWith(StateDictNumbers.SUFFIX)) {
            new StateDictNumbers(file).check(errors);
            return;
        }
        try (SafetensorsFile numbers = SafetensorsFile.open(file);
                NDManager scope = runtime.newScope()) {
            of(numbers, runtime, scope).check(errors);
        }
    }

    private static GoldenFile of(SafetensorsFile numbers, TorchRuntime runtime, NDManager scope) {
        String kind = new GoldenMetadata(numbers).text("kind");
        return switch (kind) {
            case "dit" -> new DitNumbers(numbers, scope);
            case "sampler" -> new SamplerNumbers(numbers, scope);
            case "vae" -> new VaeNumbers(numbers, scope);
            case "t5" -> new T5Numbers(numbers, runtime);
            default ->
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot check '%s': expected kind dit, sampler, vae or t5, found '%s'. Give a file of the documented layout."
                                .formatted(numbers.path(), kind));
        };
    }

    private static boolean isGolden(String name) {
        return name.endsWith(SAFETENSORS) || name.endsWith(KeyList.SUFFIX) || name.endsWith(StateDictNumbers.SUFFIX);
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot check the model against '%s': %s. Name the folder of the golden files."
                        .formatted(folder, fact));
    }
}
