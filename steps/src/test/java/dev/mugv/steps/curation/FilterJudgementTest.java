package dev.mugv.steps.curation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.FilterFloor;
import dev.mugv.model.config.FilterFloors;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilterJudgementTest {
    private static final FilterFloor FLOOR = new FilterFloor(0.9, 0.8);

    private static final FilterFloors FLOORS =
            new FilterFloors(FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR, FLOOR);

    private static void judge(Check... checks) {
        // Neither catalog nor store is asked for checks that are given.
        FilterFloors floors = FLOORS;
        FilterJudgement.require(floors.byFilter(), List.of(checks));
    }

    private static Check check(String filter, int planted, int found, int falseAlarms) {
        return new Check(filter, Optional.of("rule"), List.of(new Variant("v", planted, found)), 20, falseAlarms);
    }

    @Test
    void atItsFloorAFilterIsTrusted() {
        assertThatCode(() -> judge(check("dissolves", 10, 9, 1), check("shake", 10, 8, 0)))
                .doesNotThrowAnyException();
    }

    @Test
    void aDropIsNamedWithFilterFiguresAndFloor() {
        assertThatThrownBy(() -> judge(check("hard-cuts", 8, 8, 0), check("dissolves", 10, 7, 2)))
                .isInstanceOfSatisfying(
                        WorkFailure.class,
                        failure -> org.assertj.core.api.Assertions.assertThat(failure.kind())
                                .isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageContaining("'dissolves'")
                .hasMessageContaining("precision 0.78 with 2 false alarms, at least 0.90 expected")
                .hasMessageContaining("recall 0.70 with 7 of 10 found, at least 0.80 expected")
                .hasMessageContaining("curation.planted.floors.dissolves")
                .message()
                .doesNotContain("hard-cuts");
    }

    @Test
    void aFilterThatFindsNothingFallsByItsRecall() {
        assertThatThrownBy(() -> judge(check("fades", 4, 0, 0)))
                .hasMessageContaining("precision unknown")
                .hasMessageContaining("recall 0.00 with 0 of 4 found");
    }

    @Test
    void whatNothingLooksForAndWhatNothingWasPlantedForIsNotJudged() {
        assertThatCode(() -> judge(
                        new Check("text-area", Optional.empty(), List.of(new Variant("text", 4, 0)), 0, 0),
                        check("motion", 0, 0, 3)))
                .doesNotThrowAnyException();
    }
}
