package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.progress;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import dev.mugv.jobs.query.EventView;
import dev.mugv.jobs.query.RunStatus;
import dev.mugv.jobs.query.RunStatus.Failure;
import dev.mugv.jobs.query.RunStatus.JobStatus;
import dev.mugv.jobs.query.RunStatus.RunningWork;
import dev.mugv.jobs.query.RunStatus.StepStatus;
import dev.mugv.jobs.query.StatusQuery;
import dev.mugv.model.run.Durations;
import j2html.tags.DomContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where runs stand. */
final class StatusView {
    private StatusView() {}

    static List<DomContent> runs(List<RunStatus> shown, int total) {
        DomContent table = Tables.of(
                total > shown.size()
                        ? "The %d runs of the database that were last started, of %d.".formatted(shown.size(), total)
                        : "Runs of the database; the first is the one that the server was started for.",
                List.of("Run", "State", "Job", "Since", "#Time", "Steps", "Workspace"),
                shown.stream().map(StatusView::run).toList());
        return List.of(table);
    }

    private static DomContent run(RunStatus status) {
        Optional<JobStatus> job = StatusQuery.latest(status.jobs());
        long done = job.map(each -> each.steps().stream()
                        .filter(step -> step.status().equals("COMPLETED"))
                        .count())
                .orElse(0L);
        return tr(
                Tables.name(a(status.run()).withHref(Links.run(status.run()))),
                td(Tables.state(status.state())),
                td(job.map(JobStatus::job).orElse("")),
                td(job.map(each -> each.startedAt().replace('T', ' ')).orElse("")),
                Tables.number(clock(status.seconds())),
                td(job.map(each -> "%d of %d completed"
                                .formatted(done, each.steps().size()))
                        .orElse("")),
                td(code(status.workspace())));
    }

    static List<DomContent> status(RunStatus status, List<EventView> events) {
        List<DomContent> parts = new ArrayList<>();
        parts.add(head(status));
        if (!status.alarms().isEmpty()) {
            parts.add(Tables.section(
                    "alarms",
                    "Alarms of the last evaluation",
                    List.of(ul(each(status.alarms(), alarm -> li(strong(alarm))))
                            .withClass("works fault"))));
        }
        if (!status.waiting().isEmpty()) {
            parts.add(Tables.section("waiting", "Waiting for people", List.of(waiting(status))));
        }
        if (!status.running().isEmpty()) {
            parts.add(Tables.section(
                    "running",
                    "Running now",
                    List.of(ul(each(status.running(), StatusView::work)).withClass("works"))));
        }
        StatusQuery.latest(status.jobs())
                .ifPresent(job -> parts.add(Tables.section("steps", "Steps", List.of(steps(job)))));
        if (!status.failures().isEmpty()) {
            parts.add(Tables.section("failures", "Last failed attempts", List.of(failures(status.failures()))));
        }
        if (!events.isEmpty()) {
            parts.add(Tables.section("events", "What happened last", List.of(EventTable.of(status.run(), events))));
        }
        return parts;
    }

    private static DomContent head(RunStatus status) {
        Optional<JobStatus> job = StatusQuery.latest(status.jobs());
        List<DomContent> facts = new ArrayList<>(List.of(dt("State"), dd(Tables.state(status.state()))));
        explain(status).ifPresent(next -> facts.addAll(List.of(dt("Next"), dd(next))));
        job.ifPresent(each -> facts.addAll(List.of(
                dt("Job"),
                dd("%s, round %d".formatted(each.job(), each.round())),
                dt("Since"),
                dd(each.startedAt().replace('T', ' ')),
                dt("Time"),
                dd(clock(each.seconds())))));
        facts.addAll(List.of(dt("Workspace"), dd(code(status.workspace()))));
        return dl().withClass("head").with(facts);
    }

    private static DomContent waiting(RunStatus status) {
        return Tables.of(
                "What people have to label before the run goes on, at /annotate of 'mugv serve --annotate --workspace %s'."
                        .formatted(status.workspace()),
                List.of("Labels", "Questions", "Step", "#Items complete", "#Labels given"),
                status.waiting().stream()
                        .map(awaited -> tr(
                                Tables.name(a(awaited.labels()).withHref(Links.run(status.run()) + "/labels")),
                                td(awaited.kind()),
                                td(awaited.step()),
                                Tables.number("%d of %d".formatted(awaited.complete(), awaited.items())),
                                Tables.number("%d of %d".formatted(awaited.given(), awaited.wanted()))))
                        .toList());
    }

    private static Optional<String> explain(RunStatus status) {
        return switch (status.state()) {
            case "INTERRUPTED" -> Optional.of("Its controller ended without a word; 'mugv resume' goes on.");
            case "STOPPED", "FAILED" -> Optional.of("'mugv resume' goes on.");
            case "WAITING" ->
                Optional.of(
                        status.waiting().stream().allMatch(RunStatus.Awaited::isComplete)
                                ? "Everything is labelled; 'mugv resume' goes on."
                                : "People have to label; then 'mugv resume' goes on.");
            case "NOT_STARTED" -> Optional.of("Start it with 'mugv run'.");
            default -> Optional.empty();
        };
    }

    private static DomContent work(RunningWork work) {
        List<DomContent> parts = new ArrayList<>(
                List.of(strong(work.step()), text(" "), span(work.label()).withClass("soft")));
        if (work.total() > 0) {
            String done = "%,d of %,d %s%s"
                    .formatted(
                            work.done(), work.total(), work.unit(), work.unit().isEmpty() ? "" : "s");
            parts.add(progress()
                    .attr("max", Long.toString(work.total()))
                    .attr("value", Long.toString(work.done()))
                    .attr("aria-label", work.step() + " " + work.label()));
            parts.add(span(done).withClass("figure-small"));
        }
        work.training().ifPresent(training -> {
            parts.add(p(training.words()).withClass("figure-small"));
            training.plateau().ifPresent(plateau -> parts.add(p(plateau.words()).withClass("soft")));
            training.events().forEach(event -> parts.add(p(event).withClass("soft")));
        });
        return li().with(parts);
    }

    private static DomContent steps(JobStatus job) {
        return Tables.of(
                "Steps of job %s in this round, with the attempts of each.".formatted(job.job()),
                List.of("Step", "State", "#Time", "#Succeeded", "#Failed", "#Open", "Message"),
                job.steps().stream().map(StatusView::step).toList());
    }

    private static DomContent step(StepStatus step) {
        boolean worked = step.succeeded() + step.failed() + step.open() > 0;
        return tr(
                Tables.name(text(step.step())),
                td(Tables.state(step.status())),
                Tables.number(clock(step.seconds())),
                Tables.number(worked ? Integer.toString(step.succeeded()) : ""),
                Tables.number(step.failed() > 0 ? Integer.toString(step.failed()) : ""),
                Tables.number(step.open() > 0 ? Integer.toString(step.open()) : ""),
                td(step.status().equals("COMPLETED") ? "" : step.message()));
    }

    private static DomContent failures(List<Failure> failures) {
        return ul(each(
                        failures,
                        failure -> li(
                                strong(failure.step()),
                                text(" %s, attempt %d ".formatted(failure.label(), failure.attempt())),
                                span(Tables.words(failure.failureClass())).withClass("state bad"),
                                pre(failure.message()).withClass("message"))))
                .withClass("works");
    }

    private static String clock(long seconds) {
        return Durations.clock(Duration.ofSeconds(seconds));
    }
}
