package dev.mugv.steps.alignment;

import dev.mugv.model.config.PreferenceLabelSource;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.LabelCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.labels.LabelEvidence;
import dev.mugv.steps.preference.LabellingRule;
import dev.mugv.steps.training.StageInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gets the labels of the generated samples - by the majority of people, from a CSV file, or by the automatic rule - and keeps
 * them as rows and as a file named by its content, which trainings read.
 */
public final class PreferenceLabelling {
    private final PreferenceLabelSource source;
    private final Path workspace;
    private final StageInputs inputs;
    private final Catalogs catalogs;
    private final MajorityPreferences people;

    /** @param people who are asked where the source says so */
    public PreferenceLabelling(
            PreferenceLabelSource source,
            Path workspace,
            StageInputs inputs,
            Catalogs catalogs,
            MajorityPreferences people) {
        this.source = source;
        this.workspace = workspace;
        this.inputs = inputs;
        this.catalogs = catalogs;
        this.people = people;
    }

    /** Where labels and what is told of them are kept. */
    public record Catalogs(LabelCatalog labels, StageCatalog stages) {}

    /** What came of labelling. */
    public sealed interface Outcome {
        /** The labels are noted, with what they rest on. */
        record Labelled(LabelEvidence evidence) implements Outcome {}

        /** People have to label first. */
        record Waiting(LabelAnswers.Waiting answers) implements Outcome {}
    }

    /**
     * A labels file.
     *
     * @param path relative to the workspace
     * @param sha256 of its content
     */
    public record LabelsFile(String path, String sha256) {}

    /** Where the labels come from, in words for people. */
    public String origin() {
        if (source instanceof PreferenceLabelSource.Csv csv) {
            return "imported from " + csv.file().getFileName();
        }
        if (source instanceof PreferenceLabelSource.People asked) {
            return "Majority of %d people an item, by the label store".formatted(asked.annotators());
        }
        return LabellingRule.standard().sentence();
    }

    /**
     * Labels the samples and records the labels; to be called in a transaction, safe to repeat.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the file names samples that do not exist, or too
     *     few labels are left
     */
    public Outcome label(String run, String step) {
        if (source instanceof PreferenceLabelSource.People asked) {
            MajorityPreferences.Outcome outcome = people.ask(run, step, asked.request());
            if (outcome instanceof MajorityPreferences.Outcome.Waiting waiting) {
                return new Outcome.Waiting(waiting.answers());
            }
            MajorityPreferences.Outcome.Labelled labelled = (MajorityPreferences.Outcome.Labelled) outcome;
            note(run, step, labelled.labels(), labelled.figures());
            return new Outcome.Labelled(labelled.evidence());
        }
        List<PreferenceSamples> samples = samples(step);
        PreferenceLabels labels = source instanceof PreferenceLabelSource.Csv csv
                ? imported(csv.file(), samples)
                : LabellingRule.standard().label(samples);
        if (labels.pairs().isEmpty() && labels.absolutes().isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot align run '%s': there is no label. Import labels by 'align.labels' or generate more samples."
                            .formatted(run));
        }
        note(run, step, labels, Map.of());
        return new Outcome.Labelled(LabelEvidence.NONE);
    }

    private void note(String run, String step, PreferenceLabels labels, Map<String, Double> more) {
        catalogs.labels().replace(run, labels, origin());
        Map<String, Double> figures = new TreeMap<>(more);
        figures.put("pairs", (double) labels.pairs().size());
        figures.put("passed", (double) labels.absolutes().stream()
                .filter(label -> label.verdict() == PreferenceLabels.Verdict.PASS)
                .count());
        figures.put("judged", (double) labels.absolutes().size());
        catalogs.stages().putFigures(run, step, figures);
    }

    /** The file of the labels recorded for a run; written if it is not there. */
    public LabelsFile file(String run) {
        byte[] csv = catalogs.labels().labels(run).csv().getBytes(StandardCharsets.UTF_8);
        String sha256 = Sha256.of(csv);
        Path relative = Path.of("labels", sha256 + ".csv");
        Path file = workspace.resolve(relative);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Path pending = Files.write(file.resolveSibling("pending-" + sha256 + ".csv"), csv);
                Files.move(pending, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LabelsFile(relative.toString(), sha256);
    }

    private List<PreferenceSamples> samples(String step) {
        ArtifactStore store = new ArtifactStore(workspace);
        List<ArtifactRef> refs = inputs.all(GeneratePreferencesPlanner.STEP, step);
        return refs.stream()
                .map(ref -> Json.read(store.open(ref).resolve(PreferenceSamples.FILE_NAME), PreferenceSamples.class))
                .toList();
    }

    private static PreferenceLabels imported(Path csv, List<PreferenceSamples> samples) {
        PreferenceLabels labels;
        try {
            labels = PreferenceLabels.parse(Files.readString(csv));
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot read preference labels '%s': %s. Correct 'align.labels.file' in the configuration."
                            .formatted(csv, e.getMessage()),
                    e);
        }
        Set<String> known = samples.stream()
                .flatMap(shard -> shard.samples().stream())
                .map(PreferenceSamples.Sample::sampleId)
                .collect(Collectors.toSet());
        List<String> foreign = Stream.concat(
                        labels.pairs().stream().flatMap(pair -> Stream.of(pair.winner(), pair.loser())),
                        labels.absolutes().stream().map(PreferenceLabels.Absolute::sample))
                .filter(id -> !known.contains(id))
                .distinct()
                .sorted()
                .toList();
        if (!foreign.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot use preference labels '%s': they name %d samples that this run did not generate, the first is '%s'. Label the samples of this run."
                            .formatted(csv, foreign.size(), foreign.get(0)));
        }
        return labels;
    }
}
