package dev.mugv.steps.report;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes a report as one folder: {@code index.html} and {@code assets/} with copies of everything it shows. The folder
 * is complete under its name or not there: it is written under a pending name and renamed.
 */
public final class ReportFolder {
    private static final String PAGE = "index.html";

    private ReportFolder() {}

    /**
     * Writes the report and replaces an older one of the same name. Only one writer may be at work on a folder (the
     * caller holds the run's lock).
     *
     * @return the page to open
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} if a file to show is missing, of kind {@link
     *     FailureKind#RESOURCE_EXHAUSTED} if the folder cannot be written
     */
    public static Path write(ReportContent content, Path folder) {
        return write(links -> HtmlReport.render(content, links), folder);
    }

    /** Writes what other filters would decide, in the same way. */
    public static Path write(FilterComparison comparison, Path folder) {
        return write(links -> FilterPage.render(comparison, links), folder);
    }

    private static Path write(Function<AssetLinks, String> page, Path folder) {
        Path pending = folder.resolveSibling(folder.getFileName() + ".pending");
        Path replaced = folder.resolveSibling(folder.getFileName() + ".replaced");
        try {
            // What a killed writer has left behind.
            delete(pending);
            Files.createDirectories(pending.resolve("assets"));
            AssetLinks links = new AssetLinks();
            Files.writeString(pending.resolve(PAGE), page.apply(links));
            for (Map.Entry<Path, String> link : links.all().entrySet()) {
                copy(link.getKey(), pending.resolve(link.getValue()));
            }
            delete(replaced);
            if (Files.exists(folder)) {
                Files.move(folder, replaced, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(pending, folder, StandardCopyOption.ATOMIC_MOVE);
            delete(replaced);
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    "Cannot write report '%s': %s. Free space or choose a folder that can be written, then ask for the report again."
                            .formatted(folder, e),
                    e);
        }
        return folder.resolve(PAGE);
    }

    private static void copy(Path source, Path target) throws IOException {
        try {
            Files.copy(source, target);
        } catch (NoSuchFileException e) {
            if (Files.exists(source)) {
                throw e;
            }
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot write report: '%s' is recorded but missing. Run the pipeline again to have it made anew."
                            .formatted(source),
                    e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
