package dev.mugv.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PreferenceLabelsTest {
    private static final PreferenceLabels LABELS = new PreferenceLabels(
            List.of(new PreferenceLabels.Pair("p1", "a", "b")),
            List.of(
                    new PreferenceLabels.Absolute("k1", "a", PreferenceLabels.Verdict.PASS),
                    new PreferenceLabels.Absolute("k2", "b", PreferenceLabels.Verdict.FAIL)));

    @Test
    void readsWhatItWrote() {
        assertThat(PreferenceLabels.parse(LABELS.csv())).isEqualTo(LABELS);
    }

    @Test
    void whoGaveALabelIsPartOfTheFileAndLeavesOthersAsTheyWere() {
        PreferenceLabels people = new PreferenceLabels(
                LABELS.pairs(), LABELS.absolutes(), new TreeMap<>(Map.of("p1", "ann:winner bob:winner cyd:tie")));
        assertThat(people.csv())
                .startsWith("label-id,kind,winner,loser,sample,pass,given-by\n")
                .contains("p1,pair,a,b,,,ann:winner bob:winner cyd:tie\n")
                .contains("k1,absolute,,,a,pass,\n");
        assertThat(PreferenceLabels.parse(people.csv())).isEqualTo(people);
        assertThat(LABELS.csv()).startsWith("label-id,kind,winner,loser,sample,pass\np1,pair,a,b,,\n");
    }

    @Test
    void columnsThatNoRowNeedsMayBeLeftOut() {
        assertThat(PreferenceLabels.parse("label-id,kind,winner,loser\np1,pair,a,b\n"))
                .isEqualTo(new PreferenceLabels(LABELS.pairs(), List.of()));
    }

    @Test
    void namesTheLineThatIsWrong() {
        assertThatThrownBy(() -> PreferenceLabels.parse("label-id,kind,winner,loser\np1,pair,a,b\np2,pair,a,a\n"))
                .hasMessageContaining("line 3")
                .hasMessageContaining("same sample 'a'");
        assertThatThrownBy(() -> PreferenceLabels.parse("label-id,kind,winner,loser\np1,pair,a,b\np1,pair,b,a\n"))
                .hasMessageContaining("'p1' stands twice");
        assertThatThrownBy(() -> PreferenceLabels.parse("label-id,kind,sample,pass\nk1,absolute,a,maybe\n"))
                .hasMessageContaining("'maybe'");
        assertThatThrownBy(() -> PreferenceLabels.parse("label-id,kind,winner,loser\np1,pair,a\n"))
                .hasMessageContaining("expected 4 cells, found 3");
        assertThatThrownBy(() -> PreferenceLabels.parse("a,b\n")).hasMessageContaining("found [a, b]");
    }
}
