package dev.mugv.model.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArtifactKeyTest {
    @Test
    void equalRecipesHaveEqualKeysWhateverTheOrderOfTheirFields() {
        ArtifactKey first = ArtifactKey.of(TaskKind.TRAIN_VAE, "c1", Json.tree(Map.of("a", 1, "b", 2)), List.of());
        ArtifactKey second = ArtifactKey.of(
                TaskKind.TRAIN_VAE,
                "c1",
                Json.parse("{\"b\":2,\"a\":1}", tools.jackson.databind.JsonNode.class),
                List.of());
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aRelativePathStaysRelative() {
        Path path = Path.of("videos", "abc");
        assertThat(Json.text(path)).isEqualTo("\"videos/abc\"");
        assertThat(Json.parse(Json.text(path), Path.class)).isEqualTo(path);
    }

    @Test
    void anotherCodeVersionIsAnotherKey() {
        ArtifactKey first = ArtifactKey.of(TaskKind.TRAIN_VAE, "c1", Json.tree(Map.of()), List.of());
        ArtifactKey second = ArtifactKey.of(TaskKind.TRAIN_VAE, "c2", Json.tree(Map.of()), List.of());
        assertThat(second).isNotEqualTo(first);
    }
}
