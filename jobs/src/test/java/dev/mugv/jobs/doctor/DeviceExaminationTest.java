package dev.mugv.jobs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.format.DeviceFacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceExaminationTest {
    @Test
    void everyFactIsALineAndAnEngineThatDoesNotStartIsAFailure() {
        List<Finding> findings = DeviceExamination.findings(
                new DeviceFacts("Cannot start the tensor engine: no.", false, "of nvcc 13", List.of("A", "B"), false));
        assertThat(findings)
                .extracting(Finding::subject)
                .containsExactly("libtorch", "CUDA kernels", "GPU here", "GPU here", "device");
        assertThat(findings.get(0).state()).isEqualTo(Finding.State.FAILED);
        assertThat(findings.get(4).fact()).isEqualTo("'cpu'; 'cuda' would be refused on this machine");
    }

    @Test
    void aMachineWithoutTheWorkersLibrariesIsAFailureAndNotAnError(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("worker").resolve("lib"));
        List<Finding> findings = new DeviceExamination(new Distribution(folder)).findings();
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).state()).isEqualTo(Finding.State.FAILED);
    }
}
