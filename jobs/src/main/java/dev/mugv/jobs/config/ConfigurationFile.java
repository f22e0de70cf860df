package dev.mugv.jobs.config;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file on disk. */
public final class ConfigurationFile {
    private ConfigurationFile() {}

    /**
     * Reads and checks a file; relative paths in it start at its own folder.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} naming every fault with its line
     */
    public static PipelineConfiguration read(Path file, PathCheck paths) {
        Path absolute = file.toAbsolutePath().normalize();
        RecordBinder binder = new RecordBinder(new ScalarReader(folderOf(absolute)), paths);
        String text = text(file);
        PipelineConfiguration bound = binder.bind(text, PipelineConfiguration.class);
        List<ConfigurationFault> faults = new ArrayList<>(binder.faults());
        if (bound != null) {
            faults.addAll(SlurmStepNames.faults(bound, RecordBinder.compose(text)));
        }
        faults.sort(Comparator.comparingInt(ConfigurationFault::line));
        if (bound == null || !faults.isEmpty()) {
            throw new WorkFailure(FailureKind.INVALID_REQUEST, message(file, faults));
        }
        return bound;
    }

    private static String message(Path file, List<ConfigurationFault> faults) {
        String count = Integer.toString(faults.size());
        return faults.stream()
                .map(fault -> "  " + fault)
                .collect(Collectors.joining(
                        "\n",
                        "Cannot use the configuration '%s': expected no fault, found %s.\n".formatted(file, count),
                        "\nCorrect the file; 'mugv config check' tries it without running anything."));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "a file, found nothing there", e);
        } catch (CharacterCodingException e) {
            throw unreadable(file, "UTF-8 text, found other bytes", e);
        } catch (IOException e) {
            throw unreadable(file, "a readable file, found: " + e.getMessage(), e);
        }
    }

    private static WorkFailure unreadable(Path file, String fact, IOException e) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read the configuration '%s': expected %s. Name a file with --config.".formatted(file, fact),
                e);
    }

    private static Path folderOf(Path absolute) {
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
    }
}
