package dev.mugv.model.convert;

import dev.mugv.model.format.ImportedData.Mark;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** CSV files of the published trainer's data format (mugv.md, section 1.3). */
final class SampleList {
    private static final List<String> COLUMNS = List.of("sample_id", "source", "latent_path", "text_feat_path");
    private static final List<String> CAPTION_COLUMNS = List.of("sample_id", "text");
    private static final Map<String, Mark> MARKS = Map.of("real", Mark.REAL, "generated", Mark.GENERATED);
    private static final int LONGEST_ID = 200;
    private static final int MOST_LISTED = 8;

    private SampleList() {}

    /**
     * Samples of a {@code train.csv}, whose paths are relative to its folder.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} naming the lines that are wrong
     */
    static List<ListedSample> read(Path file) {
        List<ListedSample> samples = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (CSVRecord row : rows(file, COLUMNS)) {
            String id = row.get("sample_id");
            Mark mark = MARKS.get(row.get("source"));
            if (mark == null) {
                faults.add("line %d: source is '%s', expected real or generated"
                        .formatted(row.getRecordNumber() + 1, row.get("source")));
            } else if (!isUsable(id)) {
                faults.add("line %d: '%s' is no sample_id".formatted(row.getRecordNumber() + 1, id));
            } else if (!ids.add(id)) {
                faults.add("line %d: sample '%s' is there twice".formatted(row.getRecordNumber() + 1, id));
            } else {
                try {
                    samples.add(new ListedSample(
                            id,
                            mark,
                            file.resolveSibling(row.get("latent_path")),
                            file.resolveSibling(row.get("text_feat_path"))));
                } catch (InvalidPathException e) {
                    faults.add("line %d: %s".formatted(row.getRecordNumber() + 1, e.getMessage()));
                }
            }
        }
        if (!faults.isEmpty()) {
            throw refused(file, "%,d lines are wrong (%s)".formatted(faults.size(), few(faults)));
        }
        if (samples.isEmpty()) {
            throw refused(file, "it lists no samples");
        }
        return samples;
    }

    /** Captions by sample. */
    static Map<String, String> captions(Path file) {
        Map<String, String> captions = new HashMap<>();
        for (CSVRecord row : rows(file, CAPTION_COLUMNS)) {
            captions.put(row.get("sample_id"), row.get("text"));
        }
        return captions;
    }

    /** The first of some texts, and how many more there are. */
    static String few(List<String> texts) {
        String listed = String.join("; ", texts.subList(0, Math.min(MOST_LISTED, texts.size())));
        return texts.size() <= MOST_LISTED ? listed : "%s; and %,d more".formatted(listed, texts.size() - MOST_LISTED);
    }

    private static List<CSVRecord> rows(Path file, List<String> columns) {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        if (!Files.isRegularFile(file)) {
            throw refused(file, "there is no such file");
        }
        try (Reader reader = Files.newBufferedReader(file);
                CSVParser parser = CSVParser.parse(reader, format)) {
            if (!parser.getHeaderNames().containsAll(columns)) {
                throw refused(file, "its columns are %s, expected %s".formatted(parser.getHeaderNames(), columns));
            }
            List<CSVRecord> rows = new ArrayList<>();
            for (CSVRecord row : parser) {
                if (!row.isConsistent()) {
                    throw refused(
                            file,
                            "line %d has %d values, expected %d"
                                    .formatted(
                                            row.getRecordNumber() + 1,
                                            row.size(),
                                            parser.getHeaderNames().size()));
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException | IllegalArgumentException | java.io.UncheckedIOException e) {
            throw refused(file, e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    private static boolean isUsable(String id) {
        return !id.isBlank()
                && id.length() <= LONGEST_ID
                && !id.equals(LatentShard.NULL_CAPTION)
                && id.chars().noneMatch(Character::isISOControl);
    }

    private static WorkFailure refused(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST, "Cannot read '%s': %s. Correct the file.".formatted(file, fact));
    }
}
