package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds the artifact that a person means by a step's name or the beginning of a key or of a manifest's hash. */
final class ArtifactChoice {
    private static final int LEAST_DIGITS = 4;

    private final JdbcClient jdbc;
    private final String run;

    ArtifactChoice(JdbcClient jdbc, String run) {
        this.jdbc = jdbc;
        this.run = run;
    }

    /**
     * The key meant.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when there is none, or more than one
     */
    String key(String word) {
        List<String> keys = jdbc.sql("""
                        SELECT DISTINCT artifact_key FROM (
                          SELECT artifact_key, manifest_sha256, stage AS step FROM stage_artifact WHERE run_name = :run
                          UNION SELECT artifact_key, manifest_sha256, step_name FROM published_checkpoint WHERE run_name = :run
                          UNION SELECT artifact_key, coalesce(manifest_sha256, ''), '' FROM attempt
                                WHERE run_name = :run AND state = 'SUCCEEDED') AS known
                        WHERE step = :word
                           OR length(:word) >= :least AND (starts_with(artifact_key, :word) OR starts_with(manifest_sha256, :word))
                        ORDER BY 1 LIMIT 5""")
                .param("run", run)
                .param("word", word)
                .param("least", LEAST_DIGITS)
                .query(String.class)
                .list();
        if (keys.size() != 1) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot tell which artifact is meant by '%s': expected one of run '%s', found %s. Give a step with one artifact, or at least %d digits of a key."
                            .formatted(word, run, keys.isEmpty() ? "none" : String.join(", ", keys), LEAST_DIGITS));
        }
        return keys.get(0);
    }
}
