package dev.mugv.steps.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.Range;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.DuplicatePair;
import dev.mugv.steps.curation.FilterForecast.Border;
import dev.mugv.steps.curation.FilterForecast.Clips;
import dev.mugv.steps.curation.FilterForecast.Neighbour;
import dev.mugv.steps.curation.FilterForecast.Side;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FilterForecastTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private static CatalogedClip clip(String id, double sharpness, double motion) {
        return new CatalogedClip(
                id,
                "v".repeat(64),
                0,
                50,
                25,
                640,
                360,
                EntryPoint.START,
                new TreeMap<>(Map.of("sharpness", sharpness, "motion", motion)));
    }

    private static SortedMap<String, Range> filters(String score, double min, double max) {
        return new TreeMap<>(Map.of(score, new Range(min, max)));
    }

    private static final Clips CLIPS = new Clips(
            List.of(clip("a", 10, 1), clip("b", 20, 2), clip("c", 30, 3), clip("d", 40, 4), clip("e", 50, 5)),
            List.of());

    @Test
    void countsWhatIsKeptNowAndThenAndNamesEachChange() {
        FilterForecast forecast = FilterForecast.of(CLIPS, filters("motion", 2, INFINITY), filters("motion", 1, 3), 9);
        assertThat(forecast.now().clips()).isEqualTo(4);
        assertThat(forecast.then().clips()).isEqualTo(3);
        assertThat(forecast.then().seconds()).isEqualTo(6, within(1e-9));
        assertThat(forecast.then().rejected()).containsOnly(Map.entry("motion too high", 2L));
        assertThat(forecast.changes())
                .filteredOn(FilterForecast.Change::isLost)
                .extracting(FilterForecast.Change::clipId)
                .containsExactly("d", "e");
        assertThat(forecast.changes())
                .filteredOn(FilterForecast.Change::isWon)
                .extracting(FilterForecast.Change::clipId)
                .containsExactly("a");
    }

    @Test
    void aBorderShowsTheClipsNextToItOnBothSidesTheNearestFirst() {
        FilterForecast forecast = FilterForecast.of(CLIPS, new TreeMap<>(), filters("motion", 2.9, INFINITY), 2);
        assertThat(forecast.borders())
                .containsExactly(new Border(
                        "motion",
                        Side.AT_LEAST,
                        2.9,
                        2,
                        List.of(new Neighbour("b", 2), new Neighbour("a", 1)),
                        List.of(new Neighbour("c", 3), new Neighbour("d", 4))));
    }

    @Test
    void aClipThatAnotherFilterRejectsIsNoNeighbourOfABorder() {
        SortedMap<String, Range> other = filters("motion", 2.9, INFINITY);
        other.put("sharpness", new Range(15, 35));
        FilterForecast forecast = FilterForecast.of(CLIPS, new TreeMap<>(), other, 9);
        assertThat(forecast.borders()).hasSize(3);
        Border motion = forecast.borders().get(0);
        assertThat(motion.lost()).isEqualTo(1);
        assertThat(motion.justLost()).extracting(Neighbour::clipId).containsExactly("b");
        assertThat(motion.justKept()).extracting(Neighbour::clipId).containsExactly("c");
    }

    @Test
    void aTwinTakesThePlaceOfTheClipThatAFilterTakesOut() {
        Clips twins = new Clips(CLIPS.clips(), List.of(new DuplicatePair("a", "e", 0.1)));
        FilterForecast forecast = FilterForecast.of(twins, new TreeMap<>(), filters("motion", 0, 4), 9);
        assertThat(forecast.now().rejected()).containsOnly(Map.entry("near-duplicate", 1L));
        assertThat(forecast.changes())
                .filteredOn(FilterForecast.Change::isWon)
                .extracting(FilterForecast.Change::clipId)
                .containsExactly("a");
    }

    @Test
    void theSameFiltersChangeNothing() {
        SortedMap<String, Range> same = filters("motion", 2, 4);
        FilterForecast forecast = FilterForecast.of(CLIPS, same, same, 1);
        assertThat(forecast.changes()).isEmpty();
        assertThat(forecast.now()).isEqualTo(forecast.then());
    }
}
