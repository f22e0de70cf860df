package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.DatabaseAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
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
            "slf4j-");

    private ClassWarmUp() {}

    public static void main(String[] arguments) throws IOException {
        CommandLine line = MugvMain.commandLine();
        line.setOut(new PrintWriter(new StringWriter()));
        line.execute("--help");
        line.execute("status", "--help");
        ControllerLog.silent();
        readDemo();
        connectNowhere();
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
