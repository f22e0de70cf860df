package dev.mugv.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.PipelineConfiguration;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DemoConfigurationTest {
    @Test
    void theShippedDemonstrationIsValid() {
        Path root = Path.of("").toAbsolutePath().getParent();
        PipelineConfiguration demo = ConfigurationFile.read(root.resolve("ops/demo/demo.yaml"), PathCheck.SKIPPED);
        assertThat(demo.workspace()).isEqualTo(root.resolve("workspace/demo"));
        assertThat(demo.fullSize().heads()).isEqualTo(2 * demo.proxySize().heads());
    }
}
