package dev.mugv.jobs.cli;

import dev.mugv.jobs.cli.LineageWords.NodeView;
import dev.mugv.model.run.Durations;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.provenance.Cost;
import dev.mugv.steps.provenance.RemovalPlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mugv forget}. */
@Command(
        name = "forget",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes the plan of removing a video: what to delete, what to make again without it, and what that took before.",
            "",
            "Deletes nothing."
        },
        footer = {"", "Examples:", "  mugv forget bridge.mp4", "  mugv forget bridge.mp4 --json > removal.json"})
final class ForgetCommand extends RunQuestion<ForgetCommand.Answer> {
    @Parameters(paramLabel = "VIDEO", description = "Its path, or its SHA-256 or the beginning of it.")
    private String word = "";

    /**
     * The plan.
     *
     * @param delete files and folders that hold something of the video
     * @param remake what is to be made again, in order
     */
    record Answer(NodeView video, List<Deletion> delete, List<Remake> remake, Hours total) {}

    record Deletion(String path, String what) {}

    record Remake(NodeView node, Hours took) {}

    /**
     * @param wallClockSeconds of all runs
     */
    record Hours(long wallClockSeconds, double coreHours, double gpuHours) {
        static Hours of(Cost cost) {
            return new Hours(cost.wallClock().toSeconds(), cost.coreHours(), cost.gpuHours());
        }

        String words() {
            String gpus = gpuHours > 0 ? String.format(Locale.ROOT, ", %.2f GPU-hours", gpuHours) : "";
            return String.format(Locale.ROOT, "%.2f core-hours%s", coreHours, gpus);
        }
    }

    @Override
    Answer answer(SelectedRun run) {
        return new RunView(run).ask(jdbc -> {
            LineageReader reader = new LineageReader(jdbc);
            LineageNode video = LineageWords.require(reader, word, "plan the removal of");
            if (video.kind() != NodeKind.VIDEO) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot plan the removal of '%s': expected a video, found a %s. Give the video's path or hash; 'mugv taint' answers for the rest."
                                .formatted(word, video.kind().label()));
            }
            RemovalPlan plan = RemovalPlan.of(reader, video, run.identity().workspace());
            return new Answer(
                    NodeView.of(video),
                    plan.delete().stream()
                            .map(deletion -> new Deletion(
                                    deletion.path().toString(), deletion.node().label()))
                            .toList(),
                    plan.remake().stream()
                            .map(again -> new Remake(NodeView.of(again.node()), Hours.of(again.cost())))
                            .toList(),
                    Hours.of(plan.total()));
        });
    }

    @Override
    void print(Answer answer, PrintWriter out) {
        out.println("To forget the video %s (%s):"
                .formatted(answer.video().label(), answer.video().id()));
        out.println();
        out.println("1. Take it out of the video folder.");
        out.println("2. Delete what holds something of it:");
        answer.delete().forEach(deletion -> out.println("     %s  (%s)".formatted(deletion.path(), deletion.what())));
        out.println("3. Make again, by 'mugv run', what was made from it:");
        for (Remake again : answer.remake()) {
            out.println("     %-40s %10s  %s"
                    .formatted(
                            again.node().label(),
                            Durations.clock(Duration.ofSeconds(again.took().wallClockSeconds())),
                            again.took().words()));
        }
        out.println();
        out.println("It took %s of running time, %s, by the recorded times. Nothing was deleted."
                .formatted(
                        Durations.clock(Duration.ofSeconds(answer.total().wallClockSeconds())),
                        answer.total().words()));
    }
}
