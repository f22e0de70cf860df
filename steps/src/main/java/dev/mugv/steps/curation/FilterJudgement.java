package dev.mugv.steps.curation;

import dev.mugv.model.config.FilterFloor;
import dev.mugv.model.config.FilterFloors;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Step {@code judge-filters}: holds what filters made of the planted set against the configured floors. Apart from the measurement, so
 * that another floor measures nothing anew.
 */
public final class FilterJudgement {
    public static final String STEP = "judge-filters";

    private final Map<String, FilterFloor> floors;
    private final StageCatalog stages;
    private final ArtifactStore store;

    public FilterJudgement(FilterFloors floors, StageCatalog stages, ArtifactStore store) {
        this.floors = floors.byFilter();
        this.stages = stages;
        this.store = store;
    }

    /**
     * Checks what the run's planted set gave.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when a filter is under its floor
     */
    public void require(String run) {
        require(
                floors,
                stages.artifacts(run, CheckFiltersPlanner.STEP).stream()
                        .map(artifact -> store.open(artifact.ref()).resolve(FilterChecks.FILE_NAME))
                        .flatMap(file -> Json.read(file, FilterChecks.class).checks().stream())
                        .toList());
    }

    /** Checks figures; a filter with nothing planted for it, or nothing that looks, is not judged. */
    static void require(Map<String, FilterFloor> floors, List<Check> checks) {
        List<String> faults = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Check check : checks) {
            FilterFloor floor = floors.get(check.filter());
            if (floor == null || check.recall().isEmpty()) {
                continue;
            }
            // Nothing found at all has no precision; its recall of 0 speaks.
            boolean precise = isAtLeast(check.precision(), floor.precision());
            if (!precise || !isAtLeast(check.recall(), floor.recall())) {
                faults.add(inWords(check, floor));
                names.add("'curation.planted.floors." + check.filter() + "'");
            }
        }
        if (!faults.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot trust the curation of this run: on the planted set %s. Look at the planted videos beside %s, correct the filter's range, or lower %s."
                            .formatted(String.join("; ", faults), FilterChecks.FILE_NAME, String.join(", ", names)));
        }
    }

    private static boolean isAtLeast(OptionalDouble value, double floor) {
        return value.isEmpty() || value.getAsDouble() >= floor;
    }

    private static String inWords(Check check, FilterFloor floor) {
        return String.format(
                Locale.ROOT,
                "filter '%s' has precision %s with %d false alarms, at least %.2f expected, and recall %.2f with %d of %d found, at least %.2f expected",
                check.filter(),
                check.precision().isPresent()
                        ? String.format(Locale.ROOT, "%.2f", check.precision().getAsDouble())
                        : "unknown",
                check.falseAlarms(),
                floor.precision(),
                check.recall().orElseThrow(),
                check.found(),
                check.planted(),
                floor.recall());
    }
}
