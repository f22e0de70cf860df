package dev.mugv.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.run.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelDescriptionTest {
    private static final DitSize SIZE = new DitSize(72, 1, 16, 24);

    @Test
    void aFileOfBeforeThereWereAveragesIsRead() {
        String written = Json.text(new ModelDescription(SIZE, "motion", 40, 123, "ab".repeat(32), "code", List.of()));
        String before = written.replace(",\"snapshots\":[]", "").replace(",\"weights\":\"made\"", "");
        assertThat(before).doesNotContain("snapshots", "weights");
        ModelDescription read = Json.parse(before, ModelDescription.class);
        assertThat(read.snapshots()).isEmpty();
        assertThat(read.weights()).isEqualTo(ModelDescription.LAST_WEIGHTS);
        assertThat(Json.parse(before.replace("\"updates\":40", "\"updates\":0"), ModelDescription.class)
                        .weights())
                .isEqualTo(ModelDescription.MADE_WEIGHTS);
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        ModelDescription whole = new ModelDescription(
                SIZE, "motion", 40, 123, "ab".repeat(32), "code", List.of(), List.of(), List.of(), "decay-0.9");
        assertThat(Json.parse(Json.text(whole), ModelDescription.class)).isEqualTo(whole);
        assertThatThrownBy(
                        () -> Json.parse(Json.text(whole).replace("\"stage\":\"motion\",", ""), ModelDescription.class))
                .hasMessageContaining("stage");
    }
}
