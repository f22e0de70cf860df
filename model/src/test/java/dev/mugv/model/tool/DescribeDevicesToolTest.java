package dev.mugv.model.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.cuda.CudaImages;
import dev.mugv.model.format.DeviceFacts;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ToolKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DescribeDevicesToolTest {
    @Test
    void saysWhatThereIsAndLoadsTheEngine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code = ToolMain.run(
                new String[] {ToolKind.DESCRIBE_DEVICES.label(), "{}"}, new ToolTerminal(stream, stream, 0));
        assertThat(code).isZero();
        DeviceFacts facts = Json.parse(out.toString(StandardCharsets.UTF_8), DeviceFacts.class);
        assertThat(facts.libtorchStarts()).isTrue();
        assertThat(facts.libtorch()).startsWith("PyTorch 2.");
        CudaImages.ofThisBuild()
                .names()
                .forEach(name -> assertThat(facts.kernels()).contains(name));
        assertThat(facts.gpus()).isNotEmpty();
    }
}
