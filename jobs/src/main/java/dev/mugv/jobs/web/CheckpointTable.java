package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
import static j2html.TagCreator.span;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import dev.mugv.jobs.query.CheckpointQuery.Checkpoint;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.Resolution;
import j2html.tags.DomContent;
import java.util.List;
import java.util.Locale;

/** Published models of a run, each leading to what it was made from. */
final class CheckpointTable {
    private CheckpointTable() {}

    static DomContent of(List<Checkpoint> checkpoints, LineageReader reader) {
        if (checkpoints.isEmpty()) {
            return Tables.note("No stage has published a model yet.");
        }
        return Tables.of(
                "Published models in the order in which they were made. The stage leads to what it was made from.",
                List.of("Stage", "Made by", "#Updates", "#Width", "#Parameters", "Weights", "Figures"),
                checkpoints.stream().map(checkpoint -> row(checkpoint, reader)).toList());
    }

    private static DomContent row(Checkpoint checkpoint, LineageReader reader) {
        return tr(
                Tables.name(stage(checkpoint, reader)),
                td(checkpoint.task()),
                Tables.number("%,d".formatted(checkpoint.updates())),
                Tables.number(Integer.toString(checkpoint.width())),
                Tables.number("%,d".formatted(checkpoint.parameters())),
                td(Tables.hash(checkpoint.sha256())),
                td(ul(each(
                                checkpoint.figures(),
                                (name, value) -> li(
                                        span(name),
                                        span(String.format(Locale.ROOT, "%.4g", value))
                                                .withClass("value"))))
                        .withClass("scores")));
    }

    private static DomContent stage(Checkpoint checkpoint, LineageReader reader) {
        return reader.resolve(checkpoint.manifestSha256()) instanceof Resolution.Found found
                ? a(checkpoint.stage()).withHref(Links.node(found.node().key()))
                : text(checkpoint.stage());
    }
}
