package dev.mugv.jobs.doctor;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.format.DeviceFacts;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What workers compute on, asked of a process with their class path on this machine: libtorch, GPUs, the build's CUDA kernels. */
final class DeviceExamination {
    private static final String MAIN = "dev.mugv.model.tool.ToolMain";

    private final Distribution distribution;

    DeviceExamination(Distribution distribution) {
        this.distribution = distribution;
    }

    List<Finding> findings() {
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            Distribution.java().toString(),
                            "-XX:+UseSerialGC",
                            "-XX:-UsePerfData",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                            "-Dorg.slf4j.simpleLogger.log.ai.djl.util.cuda=off",
                            "-cp",
                            distribution.workerClassPath(),
                            MAIN,
                            ToolKind.DESCRIBE_DEVICES.label(),
                            "{}"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("DJL_OFFLINE", "true");
            builder.environment().put("OPT_OUT_TRACKING", "true");
            Process process = builder.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return code == 0 ? findings(Json.parse(said, DeviceFacts.class)) : List.of(silent("exit code " + code));
        } catch (IOException | WorkFailure e) {
            return List.of(silent(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    static List<Finding> findings(DeviceFacts facts) {
        List<Finding> all = new ArrayList<>();
        all.add(
                facts.libtorchStarts()
                        ? Finding.ok("libtorch", facts.libtorch() + "; 'mugv model check' computes with it")
                        : Finding.failed("libtorch", facts.libtorch(), "See 'ops/runbook/cuda-libtorch.md'."));
        all.add(Finding.ok("CUDA kernels", facts.kernels()));
        for (String gpu : facts.gpus()) {
            all.add(Finding.ok("GPU here", gpu));
        }
        all.add(Finding.ok(
                "device",
                facts.cuda() ? "'cpu', and 'cuda' for kernels" : "'cpu'; 'cuda' would be refused on this machine"));
        return all;
    }

    private static Finding silent(String fact) {
        return Finding.failed(
                "libtorch", "the workers' process said nothing of it: " + fact, "Build the product again.");
    }
}
