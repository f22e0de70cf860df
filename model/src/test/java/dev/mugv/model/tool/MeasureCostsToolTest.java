package dev.mugv.model.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.MeasureCostsRequest;
import dev.mugv.model.run.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MeasureCostsToolTest {
    private static final Pattern ROW = Pattern.compile(
            "    - \\{shape: \\{width: 32, height: 32, frames: (\\d+), fps: 8.0}, seconds: ([0-9.e-]+)}");

    @Test
    void printsARowThatAConfigurationTakesForEveryShape() {
        MeasureCostsRequest.Stage stage = new MeasureCostsRequest.Stage(
                "full",
                new DitSize(72, 1, 16, 8),
                ComputePrecision.FP32,
                Tuning.WHOLE,
                List.of(new VideoShape(32, 32, 1, 8), new VideoShape(32, 32, 64, 8)));
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(answer, true, StandardCharsets.UTF_8);
        int code = new MeasureCostsTool()
                .run(
                        Json.tree(new MeasureCostsRequest(List.of(stage), 3, 1)),
                        new ToolTerminal(out, new PrintStream(new ByteArrayOutputStream()), 0));
        assertThat(code).isEqualTo(ModelTool.DONE);
        List<String> lines = answer.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(0)).contains("stage 'full'").contains("72 wide").contains("fp32");
        assertThat(lines.subList(1, 3)).containsExactly("batching:", "  costs:");
        assertThat(lines.subList(3, lines.size())).hasSize(2).allSatisfy(line -> {
            Matcher row = ROW.matcher(line);
            assertThat(row.matches()).as(line).isTrue();
            assertThat(Double.parseDouble(row.group(2))).isPositive();
        });
    }
}
