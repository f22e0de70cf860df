package dev.mugv.steps.curation;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Captions written by people: a CSV file with the columns {@code file,caption}; file is a video's path or a clip's id. */
final class CaptionFile {
    private static final List<String> COLUMNS = List.of("file", "caption");

    private CaptionFile() {}

    /**
     * Captions by file.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when it cannot be read
     */
    static SortedMap<String, String> read(Path file) {
        SortedMap<String, String> captions = new TreeMap<>();
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (Reader reader = Files.newBufferedReader(file);
                CSVParser parser = CSVParser.parse(reader, format)) {
            if (!parser.getHeaderNames().equals(COLUMNS)) {
                throw refused(file, "columns are " + parser.getHeaderNames() + ", expected " + COLUMNS);
            }
            for (CSVRecord row : parser) {
                if (!row.isConsistent() || row.get("caption").isEmpty()) {
                    throw refused(file, "line " + (row.getRecordNumber() + 1) + " does not hold a file and a caption");
                }
                captions.put(row.get("file"), row.get("caption"));
            }
        } catch (IOException e) {
            throw refused(file, e.getClass().getSimpleName() + " " + e.getMessage());
        }
        return captions;
    }

    private static WorkFailure refused(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read captions '%s': %s. Correct the file or 'curation.captioner'.".formatted(file, fact));
    }
}
