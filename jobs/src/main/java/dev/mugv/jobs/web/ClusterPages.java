package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.code;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.mugv.jobs.query.NodeActivityQuery;
import dev.mugv.jobs.query.NodeActivityQuery.Activity;
import dev.mugv.jobs.web.Html.Part;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.metrics.LedgerMetrics;
import dev.mugv.steps.work.NodeLedger;
import j2html.tags.DomContent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Machines that work was done on, and the figures that Prometheus asks for. */
@RestController
final class ClusterPages {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final JdbcClient jdbc;
    private final ServedRun served;
    private final Clock clock;
    private final LineageReader lineage;

    ClusterPages(JdbcClient jdbc, ServedRun served, Clock clock) {
        this.jdbc = jdbc;
        this.served = served;
        this.clock = clock;
        this.lineage = new LineageReader(jdbc);
    }

    @GetMapping("/nodes")
    ResponseEntity<String> nodes(@RequestParam(defaultValue = "") String part) {
        Instant now = clock.instant();
        NodeLedger ledger = new NodeLedger(jdbc);
        List<DomContent> parts = new ArrayList<>();
        List<Activity> activities = new NodeActivityQuery(jdbc).all();
        if (activities.isEmpty()) {
            parts.add(Tables.note("No work has run on any node yet."));
        } else {
            parts.add(Tables.section("work", "Work", List.of(work(activities))));
        }
        List<NodeLedger.Node> failed = ledger.nodes(served.nodeExclusion(), now);
        parts.add(Tables.section(
                "failures",
                "Failures that count",
                failed.isEmpty()
                        ? List.of(Tables.note("No node has failures that count."))
                        : List.of(failed(failed), evidence(ledger.failures(served.nodeExclusion(), now)))));
        return Html.answer(Page.titled("Nodes").at("Nodes").live("/nodes", parts), Part.of(part));
    }

    /** With the hours of the served run: those of others are read from other workspaces. */
    @GetMapping("/metrics")
    ResponseEntity<String> metrics() {
        Map<String, Path> goodput =
                Map.of(served.identity().name(), served.identity().workspace());
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(LedgerMetrics.CONTENT_TYPE))
                .body(new LedgerMetrics(jdbc, clock).exposition(goodput));
    }

    /** A machine is in the graph as soon as an attempt on it has been judged. */
    private DomContent name(String node) {
        NodeKey key = new NodeKey(NodeKind.NODE, node);
        return lineage.find(key).isPresent() ? a(node).withHref(Links.node(key)) : text(node);
    }

    private DomContent work(List<Activity> activities) {
        return Tables.of(
                "Every machine that runs of attempts were seen on, of all runs of the database.",
                List.of("Node", "#Open", "#Succeeded", "#Failed", "#Runs", "Last start"),
                activities.stream()
                        .map(node -> tr(
                                Tables.name(name(node.node())),
                                Tables.number("%,d".formatted(node.open())),
                                Tables.number("%,d".formatted(node.succeeded())),
                                Tables.number("%,d".formatted(node.failed())),
                                Tables.number("%,d".formatted(node.runs())),
                                td(node.lastStart().map(TIME::format).orElse(""))
                                        .withClass("time")))
                        .toList());
    }

    private static DomContent failed(List<NodeLedger.Node> nodes) {
        return Tables.of(
                "A node that failed twice is left out of what is submitted for a while; 'mugv nodes --readmit' ends that.",
                List.of("Node", "Place", "#Failures", "Last", "In use"),
                nodes.stream()
                        .map(node -> tr(
                                Tables.name(text(node.node())),
                                td(code(node.place())),
                                Tables.number(Integer.toString(node.failures())),
                                td(TIME.format(node.lastFailure())).withClass("time"),
                                td(node.excludedUntil().isEmpty() ? "yes" : "excluded until " + node.excludedUntil())))
                        .toList());
    }

    private static DomContent evidence(List<NodeLedger.Failure> failures) {
        return Tables.of(
                "The evidence, the newest first.",
                List.of("Time", "Node", "Kind", "Run", "Step", "Work", "What was said"),
                failures.stream()
                        .map(failure -> tr(
                                td(TIME.format(failure.failedAt())).withClass("time"),
                                td(failure.node()),
                                td(Tables.words(failure.kind())),
                                td(failure.run()),
                                td(failure.step()),
                                td(failure.label()),
                                td(failure.detail())))
                        .toList());
    }
}
