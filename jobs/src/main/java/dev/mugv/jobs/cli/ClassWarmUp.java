package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.ClipFilters;
import dev.mugv.model.config.Range;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.curation.FilterForecast;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.report.FilterComparison;
import dev.mugv.steps.report.ReportFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import picocli.CommandLine;

/**
 * Loads what commands that only look need, so that the {@code mugv} script can have the Java machine archive it (class data
 * sharing). Asks no database: it only touches classes.
 */
final class ClassWarmUp {
    private static final List<String> JARS = List.of(
            "jobs-",
            "steps-",
            "model-",
            "slurm-templates-",
            "picocli-",
            "snakeyaml-",
            "postgresql-",
            "spring-core-",
            "spring-beans-",
            "spring-jdbc-",
            "commons-logging-",
            "log4j-",
            "jackson-annotations-",
            "spring-tx-",
            "jackson-core-",
            "jackson-databind-",
            "logback-",
            "slf4j-",
            "j2html-");

    private ClassWarmUp() {}

    public static void main(String[] arguments) throws IOException {
        CommandLine line = MugvMain.commandLine();
        line.setOut(new PrintWriter(new StringWriter()));
        line.execute("--help");
        line.execute("status", "--help");
        ControllerLog.silent();
        readDemo();
        connectNowhere();
        logIn();
        forecast();
        for (String jar : System.getProperty("java.class.path").split(":")) {
            String name = String.valueOf(Path.of(jar).getFileName());
            if (JARS.stream().anyMatch(name::startsWith)) {
                loadAll(Path.of(jar));
            }
        }
    }

    /** Reading a real file also archives what reflection and lambdas make of the binder. */
    private static void readDemo() {
        try {
            ConfigurationFile.read(
                    Path.of(System.getProperty("mugv.home", ""), "ops", "demo", "demo.yaml"), PathCheck.SKIPPED);
        } catch (WorkFailure withoutTheDemo) {
            return;
        }
    }

    /** Port 1 answers nobody; the driver is started all the same. */
    private static void connectNowhere() {
        try {
            new DatabaseAddress("jdbc:postgresql://127.0.0.1:1/postgres", "mugv", "").connect();
        } catch (WorkFailure expected) {
            return;
        }
    }

    /** What PostgreSQL's driver asks of Java when a server wants a password (SCRAM-SHA-256, RFC 7677). */
    private static void logIn() {
        try {
            byte[] salt = new byte[16];
            new SecureRandom().nextBytes(salt);
            SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec("password".toCharArray(), salt, 1, 256));
            Mac.getInstance("HmacSHA256");
            MessageDigest.getInstance("SHA-256").digest(salt);
            Normalizer.normalize("password", Normalizer.Form.NFKC);
        } catch (GeneralSecurityException withoutThem) {
            return;
        }
    }

    /** A page of other filters over two clips: what the report's pages and lists are made by. */
    private static void forecast() throws IOException {
        SortedMap<String, Range> filters = ClipFilters.reference();
        List<CatalogedClip> clips = new ArrayList<>();
        for (int clip = 0; clip < 4; clip++) {
            SortedMap<String, Double> scores = new TreeMap<>();
            for (Map.Entry<String, Range> filter : filters.entrySet()) {
                scores.put(filter.getKey(), filter.getValue().min() - 2 + clip);
            }
            clips.add(new CatalogedClip(
                    "0".repeat(15) + clip,
                    "0".repeat(64),
                    10 * clip,
                    10 * clip + 10,
                    10,
                    64,
                    64,
                    EntryPoint.START,
                    scores));
        }
        FilterForecast forecast =
                FilterForecast.of(new FilterForecast.Clips(clips, List.of()), new TreeMap<>(), filters, 1);
        Path folder = Files.createTempDirectory("mugv-classes");
        Path page = ReportFolder.write(
                new FilterComparison("run", new TreeMap<>(), filters, forecast, Map.of()), folder.resolve("page"));
        WhatIfCommand command = new WhatIfCommand();
        WhatIfCommand.Answer answer = WhatIfCommand.answered(filters, forecast, page);
        command.print(answer, new PrintWriter(new StringWriter()));
        Json.pretty(answer);
        for (Path written : List.of(page, page.resolveSibling("assets"), page.resolveSibling("."), folder)) {
            Files.deleteIfExists(written.normalize());
        }
    }

    private static void loadAll(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            file.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .forEach(ClassWarmUp::load);
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, ClassWarmUp.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError usesWhatIsNotThere) {
            // Support for a library that the controller does not have: nothing to archive.
            return;
        }
    }
}
