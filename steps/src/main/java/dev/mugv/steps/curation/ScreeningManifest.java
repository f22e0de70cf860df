package dev.mugv.steps.curation;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.SourceVideo.AllowedUse;
import dev.mugv.steps.catalog.SourceVideo.Screening;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Rights of the videos: a CSV file with the columns {@code file,source,licence,consent,allowed-use}; the file {@code *}
 * speaks for all that are not named. What nobody speaks for is not used.
 */
public final class ScreeningManifest {
    private static final String[] COLUMNS = {"file", "source", "licence", "consent", "allowed-use"};
    private static final Screening UNKNOWN = new Screening("", "", "", AllowedUse.UNKNOWN);

    private final Map<String, Screening> screeningByFile;

    private ScreeningManifest(Map<String, Screening> screeningByFile) {
        this.screeningByFile = Map.copyOf(screeningByFile);
    }

    /**
     * Reads the manifest.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} with every fault of the file
     */
    public static ScreeningManifest read(Path file) {
        Map<String, Screening> screenings = new HashMap<>();
        List<String> faults = new ArrayList<>();
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (Reader reader = Files.newBufferedReader(file);
                CSVParser parser = CSVParser.parse(reader, format)) {
            if (!parser.getHeaderNames().equals(List.of(COLUMNS))) {
                throw refused(
                        file,
                        "columns are %s, expected %s"
                                .formatted(String.join(",", parser.getHeaderNames()), String.join(",", COLUMNS)));
            }
            for (CSVRecord row : parser) {
                read(row, screenings, faults);
            }
        } catch (IOException e) {
            throw refused(file, e.getClass().getSimpleName() + " " + e.getMessage());
        }
        if (!faults.isEmpty()) {
            throw refused(file, String.join("; ", faults));
        }
        return new ScreeningManifest(screenings);
    }

    private static void read(CSVRecord row, Map<String, Screening> screenings, List<String> faults) {
        String where = "line " + (row.getRecordNumber() + 1) + ": ";
        if (!row.isConsistent()) {
            faults.add(where + row.size() + " columns, expected " + COLUMNS.length);
            return;
        }
        String use = row.get("allowed-use").toUpperCase(Locale.ROOT);
        List<AllowedUse> known = List.of(AllowedUse.TRAINING, AllowedUse.EVALUATION, AllowedUse.NONE);
        if (known.stream().noneMatch(value -> value.name().equals(use))) {
            faults.add(where + "allowed-use '" + row.get("allowed-use") + "', expected training, evaluation or none");
            return;
        }
        if (row.get("licence").isEmpty() || row.get("consent").isEmpty()) {
            faults.add(where + "licence and consent must be stated, found licence '" + row.get("licence")
                    + "' and consent '" + row.get("consent") + "'");
            return;
        }
        Screening screening =
                new Screening(row.get("source"), row.get("licence"), row.get("consent"), AllowedUse.valueOf(use));
        if (screenings.put(row.get("file"), screening) != null) {
            faults.add(where + "file '" + row.get("file") + "' is named twice");
        }
    }

    private static WorkFailure refused(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read screening manifest '%s': %s. Mend the file; its columns are %s."
                        .formatted(file, fact, Arrays.toString(COLUMNS)));
    }

    /** What is stated of a file, by its path relative to the video folder. */
    public Screening of(String path) {
        Screening general = screeningByFile.getOrDefault("*", UNKNOWN);
        return screeningByFile.getOrDefault(path, general);
    }
}
