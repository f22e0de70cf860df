package dev.mugv.model.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.DescribeModelRequest;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ToolKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DescribeModelToolTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @Test
    void saysWhatThePublishedSizeIs() {
        VideoShape sample = new VideoShape(1280, 720, 112, 24);
        int code = run(
                ToolKind.DESCRIBE_MODEL.label(),
                Json.text(new DescribeModelRequest("10b", DitSize.named("10b").orElseThrow(), sample)));
        assertThat(code).isZero();
        assertThat(text(out)).contains("10,830,321,984", "1,197", "50,400 tokens");
    }

    @Test
    void anUnknownToolIsRefusedByName() {
        assertThat(run("describe-everything", "{}")).isEqualTo(FailureKind.INVALID_REQUEST.exitCode());
        assertThat(text(progress))
                .startsWith("Cannot start a tool: expected one of [")
                .contains("describe-model");
    }

    private int run(String... arguments) {
        return ToolMain.run(arguments, new ToolTerminal(new PrintStream(out), new PrintStream(progress), 0));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
