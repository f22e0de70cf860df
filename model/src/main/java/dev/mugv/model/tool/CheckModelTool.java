package dev.mugv.model.tool;

import dev.mugv.model.format.CheckModelRequest;
import dev.mugv.model.golden.GoldenFolder;
import dev.mugv.model.golden.TensorError;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.PrintStream;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Compares this model with numbers that the published one computed, tensor by tensor. */
final class CheckModelTool implements ModelTool {
    @Override
    public int run(JsonNode tree, ToolTerminal terminal) {
        CheckModelRequest request = Json.value(tree, CheckModelRequest.class);
        GoldenFolder folder = new GoldenFolder(request.folder());
        TorchRuntime runtime = TorchRuntime.start(request.threads());
        Tally tally = new Tally(terminal.out());
        for (Path file : folder.files()) {
            tally.begin(folder.name(file));
            try {
                GoldenFolder.check(file, runtime, tally::add);
            } catch (WorkFailure e) {
                // The other files are checked all the same.
                if (e.kind() == FailureKind.RESOURCE_EXHAUSTED) {
                    throw e;
                }
                tally.refuse(e.text());
            } catch (IllegalArgumentException e) {
                tally.refuse(
                        "Cannot check '%s': %s. Give a file of the documented layout.".formatted(file, e.getMessage()));
            }
        }
        return tally.conclude();
    }

    /** What was compared so far, and its lines. */
    private static final class Tally {
        private static final String FORMAT = "  %-52s %10s  %8s  %s%n";

        private final PrintStream out;
        private int files;
        private int tensors;
        private int failed;
        private double worst;

        Tally(PrintStream out) {
            this.out = out;
        }

        void begin(String name) {
            files++;
            out.println(name);
            out.printf(FORMAT, "tensor", "rel. error", "at most", "");
        }

        void add(TensorError error) {
            tensors++;
            if (!error.isAccepted()) {
                failed++;
            }
            worst = Math.max(worst, error.error() / Math.max(error.tolerance(), Double.MIN_NORMAL));
            out.printf(
                    FORMAT,
                    error.tensor(),
                    "%.2e".formatted(error.error()),
                    "%.0e".formatted(error.tolerance()),
                    error.isAccepted() ? "ok" : "FAILED");
        }

        void refuse(String message) {
            failed++;
            out.println("  " + message);
        }

        int conclude() {
            out.printf(
                    "%d files, %d tensors: %d failed, largest error %.3f of its tolerance%n",
                    files, tensors, failed, worst);
            return failed == 0 ? DONE : CHECK_FAILED;
        }
    }
}
