package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.steps.provenance.ArtifactLineage;
import dev.mugv.steps.provenance.LabelLineage;
import dev.mugv.steps.provenance.ReportLineage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What records the lineage of everything that a run makes. */
@Configuration(proxyBeanMethods = false)
class LineageConfiguration {
    @Bean
    ArtifactLineage artifactLineage(
            PipelineConfiguration configuration, RunIdentity run, JdbcClient jdbc, ArtifactStore store) {
        return new ArtifactLineage(
                jdbc, store, new ArtifactLineage.RunFacts(run.name(), run.workspace(), Json.text(configuration)));
    }

    @Bean
    LabelLineage labelLineage(JdbcClient jdbc) {
        return new LabelLineage(jdbc);
    }

    @Bean
    ReportLineage reportLineage(JdbcClient jdbc) {
        return new ReportLineage(jdbc);
    }
}
