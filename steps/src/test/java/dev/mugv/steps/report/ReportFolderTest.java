package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFolderTest {
    @TempDir
    private Path folder;

    private ReportContent content;
    private Path report;

    @BeforeEach
    void make() throws IOException {
        content = new ExampleReport(Files.createDirectory(folder.resolve("workspace"))).content();
        report = folder.resolve("report");
    }

    @Test
    void copiesEverythingThatThePageShows() throws IOException {
        Path page = ReportFolder.write(content, report);

        assertThat(page).isEqualTo(report.resolve("index.html"));
        assertThat(Jsoup.parse(page).select("[src^=assets], [href^=assets]"))
                .isNotEmpty()
                .allSatisfy(e -> assertThat(report.resolve(e.attr("src") + e.attr("href")))
                        .isNotEmptyFile());
    }

    @Test
    void replacesAnOlderReportAndLeavesNothingBeside() throws IOException {
        ReportFolder.write(content, report);
        Files.writeString(report.resolve("assets/of-the-older-one.txt"), "old");

        ReportFolder.write(content, report);

        assertThat(report.resolve("assets/of-the-older-one.txt")).doesNotExist();
        assertThat(folder).isDirectoryNotContaining("glob:**.{pending,replaced}");
    }

    @Test
    void clearsWhatAKilledWriterHasLeft() throws IOException {
        Files.createDirectories(folder.resolve("report.pending/assets"));
        Files.writeString(folder.resolve("report.pending/assets/half.mp4"), "half");

        ReportFolder.write(content, report);

        assertThat(report.resolve("assets/half.mp4")).doesNotExist();
        assertThat(folder.resolve("report.pending")).doesNotExist();
    }

    @Test
    void keepsTheOlderReportWhenAFileToShowIsMissing() throws IOException {
        Path page = ReportFolder.write(content, report);
        String before = Files.readString(page);
        Path missing = folder.resolve("workspace/first-frame.png");
        Files.delete(missing);

        assertThatThrownBy(() -> ReportFolder.write(content, report))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("Cannot write report: '" + missing
                        + "' is recorded but missing. Run the pipeline again to have it made anew.")
                .extracting(e -> ((WorkFailure) e).kind())
                .isEqualTo(FailureKind.CORRUPT);
        assertThat(page).hasContent(before);
    }
}
