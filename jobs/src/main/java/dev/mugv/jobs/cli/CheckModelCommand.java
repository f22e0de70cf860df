package dev.mugv.jobs.cli;

import dev.mugv.model.format.CheckModelRequest;
import dev.mugv.model.run.ToolKind;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mugv model check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the model with numbers that the published one computed: each golden file in the folder, of any size, tensor"
                    + " by tensor, by the relative L2 error.",
            "",
            "Exit code 1 when an error is over its tolerance (1e-5 for outputs and activations, 1e-4 for gradients) or not a"
                    + " number."
        },
        footer = {"", "Examples:", "  mugv model check model/src/test/resources/golden"})
final class CheckModelCommand implements Callable<Integer> {
    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Parameters(paramLabel = "FOLDER", description = "Folder of golden files; searched with its subfolders.")
    private Path folder = Path.of("");

    @Override
    public Integer call() {
        CheckModelRequest request =
                new CheckModelRequest(folder.toAbsolutePath().normalize(), engine.threads());
        return engine.process().run(ToolKind.CHECK_MODEL, request);
    }
}
