package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunbookTest {
    private static final Path RUNBOOK = Path.of("..", "ops", "runbook");

    @ParameterizedTest
    @EnumSource(FailureClass.class)
    void everyFailureClassHasAPageAndALineInTheIndex(FailureClass failure) throws IOException {
        String page = failure.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".md";
        assertThat(RUNBOOK.resolve(page)).isRegularFile();
        assertThat(Files.readString(RUNBOOK.resolve(page)))
                .startsWith("# `" + failure.name() + "`")
                .contains("**How it is known.**", "**What mugv does by itself.**", "**What you do.**");
        assertThat(Files.readString(RUNBOOK.resolve("README.md"))).contains("[`" + failure.name() + "`](" + page + ")");
    }
}
