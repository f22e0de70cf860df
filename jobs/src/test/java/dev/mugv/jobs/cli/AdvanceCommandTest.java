package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.query.RunStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdvanceCommandTest {
    private final StringWriter said = new StringWriter();

    private static RunStatus status(String state, String job, RunStatus.Awaited... awaited) {
        return new RunStatus(
                "cats",
                "/w",
                state,
                1,
                List.of(new RunStatus.JobStatus(job, 1, "STOPPED", "2026-11-30T12:00:00", 1, List.of())),
                List.of(awaited),
                List.of(),
                List.of(),
                List.of());
    }

    private static RunStatus.Awaited awaited(int complete) {
        return new RunStatus.Awaited("label-preferences", "pairs-1a2b3c4d", "pairwise", 8, complete, 3 * complete, 24);
    }

    @Test
    void aRunThatWaitsForPeopleIsLeftAloneAndSaysForWhat() {
        assertThat(AdvanceCommand.settled(
                        status("WAITING", "pipeline", awaited(8), awaited(7)), "pipeline", new PrintWriter(said)))
                .contains(ExitCode.WAITING);
        assertThat(said.toString())
                .contains("'pairs-1a2b3c4d' (pairwise): 7 of 8 items complete, 21 of 24 labels given")
                .contains("'mugv serve --annotate --workspace /w'");
    }

    @Test
    void whenEverythingIsLabelledItGoesOnByItself() {
        assertThat(AdvanceCommand.settled(status("WAITING", "pipeline", awaited(8)), "pipeline", new PrintWriter(said)))
                .isEmpty();
        assertThat(AdvanceCommand.settled(status("STOPPED", "pipeline"), "pipeline", new PrintWriter(said)))
                .isEmpty();
    }

    @Test
    void anotherJobThanTheOneThatWaitsIsNotHeldBack() {
        assertThat(AdvanceCommand.settled(status("WAITING", "align", awaited(0)), "pretrain", new PrintWriter(said)))
                .isEmpty();
    }
}
