package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.steps.database.PostgresFixture;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

class LedgerSchemaTest {
    private static final Pattern LITERAL = Pattern.compile("'([A-Z_]+)'");

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @Test
    void theSchemasStatesAreThoseOfTheEnums() {
        assertThat(literals("submission_state_ck")).isEqualTo(names(SubmissionState.values()));
        assertThat(literals("attempt_state_ck")).isEqualTo(names(AttemptState.values()));
        assertThat(literals("attempt_stop_reason_ck")).isEqualTo(names(StopReason.values()));
        assertThat(literals("attempt_failure_class_ck")).isEqualTo(names(FailureClass.values()));
        assertThat(literals("attempt_run_outcome_ck")).isEqualTo(names(ExitRecord.Outcome.values()));
        Set<String> states = names(Observation.EndState.values());
        states.addAll(Set.of("RUNNING", "REQUEUED"));
        assertThat(literals("attempt_run_executor_state_ck")).isEqualTo(states);
    }

    @Test
    void everyColumnOfTheLedgerHasAComment() {
        assertThat(jdbc().sql("""
                                SELECT table_name || '.' || column_name FROM information_schema.columns
                                WHERE table_name IN ('submission', 'attempt', 'attempt_run') AND col_description(
                                    (table_schema || '.' || table_name)::regclass, ordinal_position) IS NULL""").query(String.class).list()).isEmpty();
    }

    private static Set<String> literals(String constraint) {
        String definition = jdbc().sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ?")
                .param(constraint)
                .query(String.class)
                .single();
        Matcher literals = LITERAL.matcher(definition);
        Set<String> found = new TreeSet<>();
        while (literals.find()) {
            found.add(literals.group(1));
        }
        return found;
    }

    private static Set<String> names(Enum<?>[] values) {
        Set<String> names = new TreeSet<>();
        Arrays.stream(values).map(Enum::name).forEach(names::add);
        return names;
    }

    private static JdbcClient jdbc() {
        return JdbcClient.create(postgres.dataSource());
    }
}
