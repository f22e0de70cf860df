package dev.mugv.jobs.certify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user gives it, on the fake Slurm of slurm-templates: real controllers, real workers, real kills. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the fake Slurm reads /proc")
class CertificationTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final Path FAKE = Path.of("../slurm-templates/src/test/resources/fake-slurm/fake-slurm.sh")
            .toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void theEngineIsCertifiedOnAFakeSlurm() throws Exception {
        Path output = folder.resolve("output");
        Process certify = certify(
                output,
                "--scale=15",
                "--fault=killed-at-every-transition",
                "--fault=sbatch-taken-and-timed-out",
                "--fault=requeued",
                "--fault=cancelled-by-an-administrator",
                "--fault=no-answer",
                "--fault=controller-frozen");
        int code = certify.waitFor();
        String said = Files.readString(output);
        assertThat(said).contains("duplicates 0, losses 0, wrong verdicts 0");
        assertThat(said).contains("node-lost").contains("not tried here: this cluster is not a development cluster");
        assertThat(code).as(said).isZero();
    }

    private Process certify(Path output, String... options) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Distribution.java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-D" + Distribution.PROPERTY + "=" + distribution(),
                "-Dmugv.home=" + folder,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.mugv.jobs.cli.MugvMain",
                "certify",
                "--config",
                configuration().toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("PATH", programs() + ":" + System.getenv("PATH"));
        builder.environment()
                .put(
                        "FAKE_SLURM",
                        Files.createDirectories(folder.resolve("slurm")).toString());
        builder.environment().put("MUGV_DATABASE_PASSWORD", postgres.address().password());
        return builder.start();
    }

    private Path configuration() throws IOException {
        String demo = Files.readString(Path.of("../ops/demo/demo.yaml"));
        String database = "executor: slurm\ndatabase:\n  url: '%s'\n  user: '%s'\n  separation: waived\nlocal:"
                .formatted(postgres.address().url(), postgres.address().user());
        return Files.writeString(
                folder.resolve("run.yaml"),
                demo.replaceFirst("(?m)^workspace: .*$", "workspace: workspace")
                        .replaceFirst("(?m)^local:", java.util.regex.Matcher.quoteReplacement(database)));
    }

    /** The programs of the fake, each by its name. */
    private Path programs() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("bin"));
        for (String program : List.of("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo")) {
            Path file = Files.writeString(
                    programs.resolve(program), "#!/bin/bash\nexec /bin/bash '%s' %s \"$@\"\n".formatted(FAKE, program));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return programs;
    }

    /** A distribution whose workers have this test's class path; the task needs nothing of torch. */
    private Path distribution() throws IOException {
        Path distribution = folder.resolve("distribution");
        Path lib = Files.createDirectories(distribution.resolve("worker").resolve("lib"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(System.getProperty(
                                                "surefire.test.class.path", System.getProperty("java.class.path"))
                                        .split(":"))
                                .map(each -> Path.of(each).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(lib.resolve("paths.jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
        return distribution;
    }
}
