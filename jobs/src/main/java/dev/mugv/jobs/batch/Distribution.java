package dev.mugv.jobs.batch;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built product on disk: {@code controller/lib} and {@code worker/lib}.
 *
 * @param folder absolute
 */
public record Distribution(Path folder) {
    /** System property by which the {@code mugv} script says where it is. */
    public static final String PROPERTY = "mugv.distribution";

    public Distribution {
        folder = folder.toAbsolutePath().normalize();
    }

    /**
     * The distribution that this process was started from.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} outside of one
     */
    public static Distribution ofThisProcess() {
        String folder = System.getProperty(PROPERTY, "");
        if (folder.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot find the workers' programs: expected system property " + PROPERTY
                            + ", found none. Start the product by its 'mugv' script.");
        }
        return new Distribution(Path.of(folder));
    }

    /** Class path of the workers, as the local machine sees it. */
    public String workerClassPath() {
        Path lib = folder.resolve("worker").resolve("lib");
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.filter(jar -> jar.getFileName().toString().endsWith(".jar"))
                    .sorted()
                    .map(Path::toString)
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException("the distribution has no workers in " + lib, e);
        }
    }

    /** The Java that runs this process runs the workers. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
