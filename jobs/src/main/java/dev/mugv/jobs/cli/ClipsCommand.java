package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.query.ClipQuery;
import dev.mugv.jobs.query.ClipQuery.ClipLine;
import dev.mugv.jobs.query.ClipQuery.ClipStory;
import dev.mugv.model.run.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv clips}. */
@Command(
        name = "clips",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists the clips of a run with what was decided about them.",
        subcommands = {ClipsCommand.Why.class, WhatIfCommand.class},
        footer = {
            "",
            "Examples:",
            "  mugv clips",
            "  mugv clips --decision near-duplicate",
            "  mugv clips why 3f9a    everything known of the clip whose id starts with 3f9a",
            "  mugv clips what-if --aesthetic 4.8    what another filter would keep"
        })
final class ClipsCommand extends RunQuestion<List<ClipLine>> {
    private static final int CAPTION_COLUMNS = 60;

    @Option(
            names = "--decision",
            paramLabel = "TEXT",
            description = "Only clips with this decision: kept, held out, or a reason.")
    private @Nullable String decision;

    @Override
    List<ClipLine> answer(SelectedRun run) {
        return new RunView(run)
                .ask(jdbc -> new ClipQuery(jdbc, run.identity().name()).clips()).stream()
                        .filter(clip -> decision == null || clip.decision().equals(decision))
                        .toList();
    }

    @Override
    void print(List<ClipLine> clips, PrintWriter out) {
        out.println("%-16s  %-28s %13s %7s  %-20s %s"
                .formatted("clip", "video", "frames", "seconds", "decision", "caption"));
        Map<String, Integer> counts = new TreeMap<>();
        for (ClipLine clip : clips) {
            counts.merge(clip.decision(), 1, Integer::sum);
            out.println(String.format(
                            Locale.ROOT,
                            "%-16s  %-28s %13s %7.2f  %-20s %s",
                            clip.clip(),
                            clip.video(),
                            clip.firstFrame() + "-" + (clip.endFrame() - 1),
                            clip.seconds(),
                            clip.decision(),
                            cut(clip.caption()))
                    .stripTrailing());
        }
        out.println();
        out.println(clips.size() + " clips"
                + (counts.isEmpty()
                        ? ""
                        : ": "
                                + counts.entrySet().stream()
                                        .map(count -> count.getValue() + " " + count.getKey())
                                        .collect(java.util.stream.Collectors.joining(", "))));
    }

    /** The list is for looking over; the whole caption is shown by {@code why} and {@code --json}. */
    private static String cut(String caption) {
        return caption.length() <= CAPTION_COLUMNS ? caption : caption.substring(0, CAPTION_COLUMNS - 3) + "...";
    }

    /** {@code mugv clips why}. */
    @Command(
            name = "why",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Shows everything known of a clip: scores, decision with its numbers, duplicates, caption.",
            footer = {"", "Examples:", "  mugv clips why 3f9a", "  mugv clips why 3f9a4c0d8e1b7265 --json"})
    static final class Why implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Parameters(paramLabel = "ID", description = "Id of the clip, or its first digits.")
        private String id = "";

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            SelectedRun run = options.select(PathCheck.SKIPPED);
            return new RunView(run)
                    .ask(jdbc -> show(new ClipQuery(jdbc, run.identity().name())))
                    .code();
        }

        private ExitCode show(ClipQuery query) {
            List<ClipLine> found = query.startingWith(id);
            if (found.size() != 1) {
                spec.commandLine()
                        .getErr()
                        .println("Cannot show clip '%s': expected one clip with that id, found %d. See 'mugv clips'."
                                .formatted(id, found.size()));
                return ExitCode.NOT_FOUND;
            }
            ClipStory story = query.story(found.get(0));
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.print(Json.pretty(story));
            } else {
                print(story, out);
            }
            out.flush();
            return ExitCode.COMPLETED;
        }

        private static void print(ClipStory story, PrintWriter out) {
            ClipLine clip = story.clip();
            out.println("clip       " + clip.clip());
            out.println(String.format(
                    Locale.ROOT,
                    "video      %s, frames %d to %d (%.2f s)",
                    clip.video(),
                    clip.firstFrame(),
                    clip.endFrame() - 1,
                    clip.seconds()));
            out.println("decision   " + clip.decision() + (story.detail().isEmpty() ? "" : ": " + story.detail()));
            if (clip.decision().equals("kept")) {
                out.println(String.format(Locale.ROOT, "weight     %.4g", story.weight()));
                out.println("finetuning " + story.finetuning());
            }
            story.scores()
                    .forEach((name, value) ->
                            out.println(String.format(Locale.ROOT, "score      %-24s %.6g", name, value)));
            story.duplicates()
                    .forEach(twin -> out.println(
                            "duplicate  %s, distance %s".formatted(twin.get("clip"), twin.get("distance"))));
            if (!clip.caption().isEmpty()) {
                out.println("caption    " + clip.caption() + " (" + story.captionOrigin() + ")");
                out.println("tags       " + story.tags());
            }
        }
    }
}
