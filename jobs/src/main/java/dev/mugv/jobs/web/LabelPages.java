package dev.mugv.jobs.web;

import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelReader;
import dev.mugv.steps.report.HumanStudyTable;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What people said of a run's clips and videos, how far they agree, and what their majorities say. */
@RestController
final class LabelPages {
    private final LabelReader labels;
    private final RunDirectory runs;

    LabelPages(JdbcClient jdbc, RunDirectory runs) {
        this.labels = new LabelReader(jdbc);
        this.runs = runs;
    }

    @GetMapping("/runs/{run}/labels")
    ResponseEntity<String> all(@PathVariable String run) {
        runs.require(run);
        List<DomContent> parts = new ArrayList<>();
        for (LabelBatch batch : labels.batches(run)) {
            List<DomContent> tables = new ArrayList<>();
            if (batch.kind() == LabelKind.HUMAN_EVALUATION) {
                tables.addAll(HumanStudyTable.of(HumanStudy.of(labels, batch)));
            } else {
                tables.addAll(HumanStudyTable.of(Agreement.of(labels, batch)));
            }
            parts.add(Tables.section("labels-" + batch.batchId(), batch.name(), tables));
        }
        if (parts.isEmpty()) {
            parts.add(Tables.note("Nothing was opened for labelling. 'mugv labels open' makes a batch."));
        }
        return Html.answer(Page.titled(run).of(run, "labels").with(parts));
    }
}
