package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.jobs.batch.ControllerApplication.Foresight;
import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.work.StepPreview;
import dev.mugv.steps.work.StepPreview.Preview;
import dev.mugv.steps.work.StepPreview.Why;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class PlanCommandTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final List<Foresight> FORESIGHTS = List.of(
            new Foresight(
                    "encode-latents",
                    Optional.of(new StepPreview(
                            "encode-latents",
                            List.of(
                                    new Preview("a", Why.UP_TO_DATE, 2, 1000),
                                    new Preview("b", Why.NEVER_DONE, 2, 1000),
                                    new Preview("c", Why.CHANGED, 2, 1000),
                                    new Preview("d", Why.IN_WORK, 2, 1000)))),
                    ""),
            new Foresight(
                    "pretrain-motion",
                    Optional.of(new StepPreview(
                            "pretrain-motion", List.of(new Preview("motion", Why.FAILED_BEFORE, 8, 64_000)))),
                    ""),
            new Foresight("finetune", Optional.empty(), "no model yet"));

    @TempDir
    Path folder;

    @Test
    void whatWouldRunAndWhyOnWhatAndForHowLong() throws IOException {
        RunPlan plan = plan("""
                executor: slurm
                slurm:
                  time-limit: 2h
                  steps:
                    - {name: "pretrain-*", partition: gpu, nodes: 4, ranks-per-node: 2, gpus-per-node: 8, time-limit: 12h}
                """);
        RunPlan.StepPlan encode = plan.steps().get(0);
        assertThat(encode.pieces()).isEqualTo(4);
        assertThat(encode.upToDate()).isEqualTo(1);
        assertThat(encode.inWork()).isEqualTo(1);
        assertThat(encode.due()).isEqualTo(2);
        assertThat(encode.because()).isEqualTo("1 never done, 1 made before of other parameters, inputs or code");
        assertThat(encode.cpuHoursAtMost()).isCloseTo(2 * 2 * 2, within(1e-9)); // pieces, CPUs, hours
        assertThat(encode.gpuHoursAtMost()).isZero();
        RunPlan.StepPlan pretrain = plan.steps().get(1);
        assertThat(pretrain.gpuHoursAtMost()).isCloseTo(4 * 8 * 12, within(1e-9)); // nodes, GPUs, hours
        assertThat(pretrain.cpuHoursAtMost()).isCloseTo(4 * 2 * 8 * 12, within(1e-9)); // nodes, ranks, CPUs, hours
        assertThat(pretrain.resources())
                .startsWith("4 nodes of 2 ranks of 8 CPUs, 64000 MiB, at most 12 h, --partition=gpu");
        assertThat(pretrain.note()).isEqualTo("may change when 'encode-latents' is done");
        assertThat(plan.steps().get(2).planned()).isFalse();
        assertThat(plan.steps().get(2).note()).isEqualTo("when 'encode-latents' is done");
        assertThat(plan.gpuHoursAtMost()).isCloseTo(384, within(1e-9));

        StringWriter out = new StringWriter();
        PlanCommand.print(plan, new PrintWriter(out, true));
        assertThat(out.toString())
                .containsPattern("encode-latents +2 +1 +1  2 CPUs, 1000 MiB, at most 2.00 h")
                .containsPattern("finetune +\\? +\\? +\\?  not yet: when 'encode-latents' is done")
                .contains("At most 384 GPU-hours and 776 CPU-hours by the time limits");
    }

    @Test
    void onOneMachineNothingIsLimitedByHours() throws IOException {
        RunPlan plan = plan("");
        assertThat(plan.cpuHoursAtMost()).isZero();
        assertThat(plan.steps().get(0).resources()).isEqualTo("2 CPUs, 1000 MiB on this machine");
    }

    private RunPlan plan(String execution) throws IOException {
        Path demo = Path.of("../ops/demo/demo.yaml");
        Path file = folder.resolve("my.yaml");
        Files.writeString(file, execution + Files.readString(demo));
        SelectedRun run = new SelectedRun(file, ConfigurationFile.read(file, PathCheck.SKIPPED));
        return new PlanCommand().plan(run, FORESIGHTS, JdbcClient.create(postgres.dataSource()));
    }
}
