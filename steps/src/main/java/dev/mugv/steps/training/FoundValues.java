package dev.mugv.steps.training;

import dev.mugv.model.config.HyperParameters;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;

/** What a search of hyper-parameters has found, for the stages that take it. */
public final class FoundValues {
    private final StageInputs inputs;
    private final ArtifactStore store;

    public FoundValues(StageInputs inputs, ArtifactStore store) {
        this.inputs = inputs;
        this.store = store;
    }

    /**
     * Values of the chosen trial.
     *
     * @param step that chose
     * @param neededBy step that takes them
     */
    public HyperParameters of(String step, String neededBy) {
        return Json.read(
                        store.open(inputs.single(step, neededBy)).resolve(HyperParameterSearch.FILE_NAME),
                        HyperParameterSearch.class)
                .found();
    }
}
