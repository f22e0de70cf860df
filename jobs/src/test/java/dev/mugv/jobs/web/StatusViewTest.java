package dev.mugv.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.query.RunStatus;
import j2html.tags.DomContent;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StatusViewTest {
    private static String shown(int complete) {
        RunStatus status = new RunStatus(
                "cats",
                "/w",
                "WAITING",
                1,
                List.of(),
                List.of(new RunStatus.Awaited(
                        "review-clips", "review-1a2b3c4d", "clip-review", 4, complete, 3 * complete, 12)),
                List.of(),
                List.of(),
                List.of());
        return StatusView.status(status, List.of()).stream()
                .map(DomContent::render)
                .collect(Collectors.joining());
    }

    @Test
    void aRunThatWaitsSaysWhatIsLabelledOfHowMuchAndWhichCommandOpensThePage() {
        assertThat(shown(1))
                .contains("Waiting for people", "review-1a2b3c4d", "clip-review", "review-clips", "1 of 4", "3 of 12")
                .contains("mugv serve --annotate --workspace /w")
                .contains("People have to label; then &#x27;mugv resume&#x27; goes on.")
                .contains("/runs/cats/labels");
        assertThat(shown(4)).contains("Everything is labelled; &#x27;mugv resume&#x27; goes on.");
    }
}
