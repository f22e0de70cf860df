package dev.mugv.model.worker.task;

import dev.mugv.model.format.ChooseTrialOrder;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.train.TrialChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code CHOOSE_TRIAL}: which of a search's trials is taken, by their last validations. */
public final class ChooseTrialTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        ChooseTrialOrder order = context.parameters(ChooseTrialOrder.class);
        Map<String, ValidationLine> byKey = new HashMap<>();
        for (ArtifactRef input : context.order().inputs()) {
            List<ValidationLine> lines =
                    ValidationLine.readAll(context.input(input).resolve(ValidationLine.FILE_NAME));
            byKey.put(input.key(), lines.get(lines.size() - 1));
        }
        List<Optional<ValidationLine>> ends = new ArrayList<>();
        for (ChooseTrialOrder.Trial trial : order.trials()) {
            ends.add(trial.artifact().map(key -> byKey.get(key)));
        }
        HyperParameterSearch search = new TrialChoice(order, ends).search();
        context.log("'%s': %s".formatted(order.stage(), search.reason()));
        Files.writeString(context.pendingOutput().resolve(HyperParameterSearch.FILE_NAME), Json.pretty(search));
    }
}
