package dev.mugv.model.convert;

import dev.mugv.model.config.WeightPrecision;
import dev.mugv.model.format.ImportDataRequest;
import dev.mugv.model.format.ImportDataRequest.BadSamples;
import dev.mugv.model.format.ImportDataRequest.Normalisation;
import dev.mugv.model.format.ImportedData;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.text.T5TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One import of the published trainer's data folder (mugv.md, section 1.3) into shards of this product.
 *
 * <p>That folder's own tools disagree on whether its latents are normalised: the encoder writes them normalised, the list marks
 * them {@code real} unless told otherwise, and its trainer normalises what is so marked. So the marks are held against the
 * numbers before anything is written, and what is in the shards is normalised exactly once.
 */
public final class DataImport {
    /** Longest caption of the published tools, which load the encoder in fp32; both are part of its identity. */
    private static final int TEXT_TOKENS = 300;

    /** Samples from all over the list that are looked at before the rest, so that a wrong mark on all is found soon. */
    private static final int PROBES = 32;

    /**
     * What was imported.
     *
     * @param data what is recorded beside the shards
     * @param shapes samples of each shape
     * @param notes what the user should know, for people
     */
    public record Result(ImportedData data, Map<String, Integer> shapes, List<String> notes) {
        public Result {
            shapes = Map.copyOf(shapes);
            notes = List.copyOf(notes);
        }
    }

    private final ImportDataRequest request;
    private final ConversionListener listener;

    /** @param listener hears samples */
    public DataImport(ImportDataRequest request, ConversionListener listener) {
        this.request = request;
        this.listener = listener;
    }

    /**
     * Imports.
     *
     * @throws WorkFailure with a message for the user
     */
    public Result run() {
        PendingOutput output = PendingOutput.at(request.to());
        Path list = Files.isDirectory(request.data()) ? request.data().resolve("train.csv") : request.data();
        LatentNormalisation normalisation = LatentNormalisation.of(request.vae());
        List<ListedSample> listed = SampleList.read(list);
        Map<String, String> captions =
                request.captions().map(SampleList::captions).orElseGet(Map::of);
        List<LatentShard.Fault> faults = new ArrayList<>();
        List<ImportedSample> sound = sound(listed, faults);
        requireOneWidth(sound);
        requireSound(list, faults, sound.size());
        String textEncoder = request.textEncoder()
                .map(folder -> T5TextEncoder.folderIdentity(folder, TEXT_TOKENS, WeightPrecision.FP32))
                .orElse(LatentShard.UNKNOWN_ENCODER);
        output.requireRoom(sound.stream()
                .mapToLong(sample -> sample.latent_CFHW().size() * Float.BYTES)
                .sum());
        List<MeasuredSample> measured = measured(list, sound, normalisation, faults);
        requireSound(list, faults, measured.size());
        ImportedData data = data(list, normalisation, measured, faults);
        ShardWriter writer = new ShardWriter(normalisation, textEncoder, captions);
        output.publish(pending -> write(measured, writer, data, pending));
        return new Result(data, shapes(measured), notes(measured, faults));
    }

    private List<ImportedSample> sound(List<ListedSample> listed, List<LatentShard.Fault> faults) {
        List<ImportedSample> sound = new ArrayList<>();
        for (ListedSample sample : listed) {
            try {
                sound.add(ImportedSample.of(sample, request.fps()));
            } catch (WorkFailure e) {
                faults.add(new LatentShard.Fault(sample.id(), e.text()));
            }
            listener.progress("reading", sound.size() + faults.size(), listed.size());
        }
        return sound;
    }

    private void requireSound(Path list, List<LatentShard.Fault> faults, int sound) {
        if (sound == 0 || (!faults.isEmpty() && request.badSamples() == BadSamples.REFUSE)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import '%s': %,d of %,d samples cannot be used: %s Mend them, or give --leave-out-bad."
                            .formatted(
                                    list,
                                    faults.size(),
                                    faults.size() + sound,
                                    SampleList.few(faults.stream()
                                            .map(LatentShard.Fault::message)
                                            .toList())));
        }
    }

    private static void requireOneWidth(List<ImportedSample> samples) {
        for (ImportedSample sample : samples) {
            int first = samples.get(0).textWidth();
            if (sample.textWidth() != first) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot import '%s': its features are %d wide, those of the first sample %d. Import what one text encoder made."
                                .formatted(sample.listed().text(), sample.textWidth(), first));
            }
        }
    }

    /** Measured samples in the list's order. */
    private List<MeasuredSample> measured(
            Path list,
            List<ImportedSample> samples,
            LatentNormalisation normalisation,
            List<LatentShard.Fault> faults) {
        Map<Integer, MeasuredSample> measured = new TreeMap<>();
        int done = 0;
        for (int index : probesFirst(samples.size())) {
            ImportedSample sample = samples.get(index);
            try {
                measured.put(index, MeasuredSample.of(sample, request.normalisation(), normalisation.scale()));
            } catch (WorkFailure e) {
                faults.add(new LatentShard.Fault(sample.listed().id(), e.text()));
            }
            done++;
            listener.progress("checking", done, samples.size());
            if (done == PROBES) {
                requireAgreement(list, List.copyOf(measured.values()));
            }
        }
        requireAgreement(list, List.copyOf(measured.values()));
        return List.copyOf(measured.values());
    }

    /** All indices below a number, beginning with some from all over. */
    private static List<Integer> probesFirst(int count) {
        List<Integer> indices = new ArrayList<>();
        for (int probe = 0; probe < Math.min(PROBES, count); probe++) {
            indices.add((int) ((long) probe * count / Math.min(PROBES, count)));
        }
        for (int index = 0; index < count; index++) {
            if (!indices.subList(0, Math.min(PROBES, count)).contains(index)) {
                indices.add(index);
            }
        }
        return indices;
    }

    private void requireAgreement(Path list, List<MeasuredSample> measured) {
        List<String> contradictions = contradictions(measured);
        if (!contradictions.isEmpty() && request.normalisation() == Normalisation.CHECKED_MARKS) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import '%s': %,d of the %,d samples looked at are not what their marks say (%s); they would be normalised twice, or not at all. Give --normalisation normalised or not-normalised if all are so, or trust-marks if the marks are right."
                            .formatted(list, contradictions.size(), measured.size(), SampleList.few(contradictions)));
        }
    }

    private static List<String> contradictions(List<MeasuredSample> measured) {
        return measured.stream()
                .filter(MeasuredSample::isContradicted)
                .map(MeasuredSample::contradiction)
                .toList();
    }

    private ImportedData data(
            Path list,
            LatentNormalisation normalisation,
            List<MeasuredSample> samples,
            List<LatentShard.Fault> faults) {
        int shards = (samples.size() + request.shardSamples() - 1) / request.shardSamples();
        List<String> names = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            names.add("shard-%05d".formatted(shard));
        }
        return new ImportedData(
                list.toString(),
                Sha256.ofFile(list),
                normalisation.shift(),
                normalisation.scale(),
                names,
                samples.stream().map(MeasuredSample::description).toList(),
                faults);
    }

    private void write(List<MeasuredSample> samples, ShardWriter writer, ImportedData data, Path folder)
            throws IOException {
        Files.createDirectory(folder);
        int done = 0;
        for (String shard : data.shards()) {
            int end = Math.min(samples.size(), done + request.shardSamples());
            writer.write(samples.subList(done, end), folder.resolve(shard));
            done = end;
            listener.progress("writing", done, samples.size());
        }
        Files.writeString(folder.resolve(ImportedData.FILE_NAME), Json.pretty(data));
    }

    private static Map<String, Integer> shapes(List<MeasuredSample> samples) {
        Map<String, Integer> shapes = new TreeMap<>();
        samples.forEach(sample -> shapes.merge(sample.sample().shape().label(), 1, Integer::sum));
        return shapes;
    }

    private static List<String> notes(List<MeasuredSample> samples, List<LatentShard.Fault> faults) {
        List<String> notes = new ArrayList<>();
        List<String> contradictions = contradictions(samples);
        if (!contradictions.isEmpty()) {
            notes.add("%,d samples look otherwise than what they were taken for: %s"
                    .formatted(contradictions.size(), SampleList.few(contradictions)));
        }
        long unclear = samples.stream()
                .filter(sample -> sample.description().looks() == ImportedData.Looks.UNCLEAR)
                .count();
        if (unclear > 0) {
            notes.add("of %,d samples the numbers do not tell whether they are normalised; their marks were believed"
                    .formatted(unclear));
        }
        faults.forEach(fault -> notes.add("left out %s: %s".formatted(fault.clipId(), fault.message())));
        return notes;
    }
}
