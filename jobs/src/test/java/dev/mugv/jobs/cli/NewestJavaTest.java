package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The product is built on Java 17 and runs on newer ones. */
class NewestJavaTest {
    @Test
    void theCommandLineRunsOnJava25() throws Exception {
        Optional<Path> java = java25();
        Assumptions.assumeTrue(java.isPresent(), "No JDK 25 found in JAVA25_HOME or /usr/lib/jvm");
        Path demo = Path.of("").toAbsolutePath().getParent().resolve("ops/demo/demo.yaml");
        Process check = new ProcessBuilder(
                        java.orElseThrow().toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        MugvMain.class.getName(),
                        "config",
                        "check",
                        demo.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor()).as(said).isZero();
        assertThat(said).contains("is valid: run 'demo'");
    }

    private static Optional<Path> java25() throws IOException {
        String home = System.getenv().getOrDefault("JAVA25_HOME", "");
        if (!home.isEmpty()) {
            return Optional.of(Path.of(home, "bin", "java"));
        }
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(all, "*25*")) {
            for (Path jdk : found) {
                Path java = jdk.resolve("bin").resolve("java");
                if (Files.isExecutable(java)) {
                    return Optional.of(java);
                }
            }
        }
        return Optional.empty();
    }
}
