package dev.mugv.model.worker.task;

import dev.mugv.model.format.GivenNetwork;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.vae.PerceptualNetwork;
import java.io.IOException;
import java.util.Optional;

/** The perceptual network of an order, if it names one. */
final class PerceptualFile {
    private PerceptualFile() {}

    /** Opens it, to be closed by the caller. */
    static Optional<PerceptualNetwork> open(TaskContext context, Optional<GivenNetwork> network) throws IOException {
        if (network.isEmpty()) {
            return Optional.empty();
        }
        GivenNetwork given = network.get();
        return Optional.of(PerceptualNetwork.open(GivenFile.require(context, given.file(), given.sha256())));
    }
}
