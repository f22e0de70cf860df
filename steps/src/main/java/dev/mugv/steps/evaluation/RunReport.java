package dev.mugv.steps.evaluation;

import dev.mugv.model.run.DurableFile;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.report.PreferenceResult;
import dev.mugv.steps.report.ReportContent;
import dev.mugv.steps.report.ReportFolder;
import dev.mugv.steps.report.StageResult;
import dev.mugv.steps.report.SummaryTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The report of a run: written to the workspace, with its summary for a terminal. */
public final class RunReport {
    /** The summary table as text, beside the page. */
    private static final String SUMMARY_FILE_NAME = "summary.txt";

    private final ReportAssembly assembly;
    private final Supplier<List<StageResult>> results;
    private final Supplier<Optional<PreferenceResult>> preferences;
    private final Supplier<List<HumanStudy>> studies;
    private final Path workspace;

    /**
     * @param results asked when the report is written
     * @param preferences likewise
     * @param studies likewise
     */
    public RunReport(
            ReportAssembly assembly,
            Supplier<List<StageResult>> results,
            Supplier<Optional<PreferenceResult>> preferences,
            Supplier<List<HumanStudy>> studies,
            Path workspace) {
        this.assembly = assembly;
        this.results = results;
        this.preferences = preferences;
        this.studies = studies;
        this.workspace = workspace;
    }

    /** Where the report of a workspace is. */
    public static Path folder(Path workspace) {
        return workspace.resolve("report");
    }

    /**
     * A report.
     *
     * @param page the page to open
     * @param alarms what its reader must not miss, each a sentence
     */
    public record Written(Path page, List<String> alarms) {
        public Written {
            alarms = List.copyOf(alarms);
        }
    }

    /** Writes the report. */
    public Written write() {
        ReportContent content = content();
        Path page = ReportFolder.write(content, folder(workspace));
        try {
            DurableFile.write(
                    folder(workspace).resolve(SUMMARY_FILE_NAME),
                    SummaryTable.render(content.stages(), content.scores(), content.card())
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Written(page, content.scores().alarms());
    }

    private ReportContent content() {
        return assembly.assemble(results.get(), preferences.get(), studies.get());
    }
}
