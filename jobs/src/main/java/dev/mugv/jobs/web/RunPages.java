package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.query.CheckpointQuery;
import dev.mugv.jobs.query.EventView;
import dev.mugv.jobs.query.RunStatus;
import dev.mugv.jobs.query.StatusQuery;
import dev.mugv.jobs.web.Html.Part;
import dev.mugv.steps.audit.AuditQuery;
import dev.mugv.steps.goodput.GoodputQuery;
import dev.mugv.steps.lineage.LineageReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where runs stand, what happened in them, what they left and where their hours went. */
@RestController
final class RunPages {
    /** Each costs some queries, and nobody watches more. */
    private static final int SHOWN_RUNS = 50;

    private static final int RECENT_EVENTS = 12;
    private static final int LOG_EVENTS = 500;

    private final JdbcClient jdbc;
    private final DataSource database;
    private final RunDirectory runs;
    private final Clock clock;

    RunPages(JdbcClient jdbc, DataSource database, RunDirectory runs, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.runs = runs;
        this.clock = clock;
    }

    @GetMapping("/")
    ResponseEntity<String> all(@RequestParam(defaultValue = "") String part) {
        List<RunIdentity> known = runs.all();
        List<RunStatus> stati =
                known.stream().limit(SHOWN_RUNS).map(this::status).toList();
        return Html.answer(
                Page.titled("Runs").at("Runs").live("/", StatusView.runs(stati, known.size())), Part.of(part));
    }

    @GetMapping("/runs/{run}")
    ResponseEntity<String> status(@PathVariable String run, @RequestParam(defaultValue = "") String part) {
        RunIdentity identity = runs.require(run);
        Page page = Page.titled(run)
                .of(run, "")
                .live(Links.run(run), StatusView.status(status(identity), events(run, RECENT_EVENTS)));
        return Html.answer(page, Part.of(part));
    }

    @GetMapping("/runs/{run}/log")
    ResponseEntity<String> log(@PathVariable String run, @RequestParam(defaultValue = "") String step) {
        runs.require(run);
        List<EventView> events = events(run, LOG_EVENTS).stream()
                .filter(event -> step.isEmpty() || step.equals(event.fact("step")))
                .toList();
        return Html.answer(
                Page.titled(run).of(run, "log").with(List.of(EventTable.whole(run, events, step, LOG_EVENTS))));
    }

    @GetMapping("/runs/{run}/checkpoints")
    ResponseEntity<String> checkpoints(@PathVariable String run) {
        RunIdentity identity = runs.require(run);
        return Html.answer(Page.titled(run)
                .of(run, "checkpoints")
                .with(List.of(CheckpointTable.of(new CheckpointQuery(jdbc, identity).all(), new LineageReader(jdbc)))));
    }

    @GetMapping("/runs/{run}/goodput")
    ResponseEntity<String> goodput(@PathVariable String run) {
        RunIdentity identity = runs.require(run);
        return Html.answer(Page.titled(run)
                .of(run, "goodput")
                .with(GoodputView.render(new GoodputQuery(jdbc, identity.workspace(), clock.instant()).of(run))));
    }

    private RunStatus status(RunIdentity run) {
        // Spring Batch writes its times in the time zone of this machine.
        return new StatusQuery(jdbc, run, LocalDateTime.ofInstant(clock.instant(), ZoneId.systemDefault())).status();
    }

    /** The newest first. */
    private List<EventView> events(String run, int newest) {
        AuditQuery query = new AuditQuery(
                Optional.of(run),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(newest));
        List<EventView> events = new ArrayList<>();
        try (Connection connection = database.getConnection()) {
            query.read(connection, entry -> events.add(0, EventView.of(entry)));
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("the audit log did not answer", e);
        }
        return events;
    }
}
