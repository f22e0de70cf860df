package dev.mugv.steps.labels;

import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a run has to be labelled: its clips for finetuning, samples for preferences, samples of evaluated checkpoints. */
public final class LabelSources {
    private final JdbcClient jdbc;
    private final ArtifactStore store;
    private final StageCatalog stages;

    /** @param workspace of the runs that are asked for */
    public LabelSources(JdbcClient jdbc, Path workspace) {
        this.jdbc = jdbc;
        this.store = new ArtifactStore(workspace);
        this.stages = new StageCatalog(jdbc);
    }

    /**
     * The items of a batch of this kind.
     *
     * @param batch to which they are to belong
     * @param step whose videos they are; of clips nothing is asked of it
     */
    public List<LabelItem> items(LabelBatch batch, String step) {
        return LabelQuestion.items(batch, shown(batch.run(), batch.kind(), step));
    }

    /**
     * What a run has to show to people: one subject an item, or two of pairs.
     *
     * @param step whose videos they are; of clips nothing is asked of it
     */
    public List<List<LabelSubject>> shown(String run, LabelKind kind, String step) {
        return switch (kind) {
            case CLIP_REVIEW -> clips(run).stream().map(List::of).toList();
            case PAIRWISE -> pairs(run, step);
            case ABSOLUTE ->
                samples(run, step).stream()
                        .map(sample -> List.of(sample.subject()))
                        .toList();
            case HUMAN_EVALUATION ->
                evaluations(run, step).stream().map(List::of).toList();
        };
    }

    /** Clips that are chosen for finetuning, or were but for an earlier review. */
    private List<LabelSubject> clips(String run) {
        return jdbc.sql("""
                        SELECT c.clip_id, c.video_sha256, c.curation_key, coalesce(k.caption, '') AS caption
                        FROM clip_decision d JOIN clip c USING (clip_id)
                        LEFT JOIN clip_caption k ON k.run_name = d.run_name AND k.clip_id = d.clip_id
                        WHERE d.run_name = ? AND (d.finetune OR d.review <> '') ORDER BY c.clip_id""")
                .param(run)
                .query((row, number) -> new LabelSubject(
                        row.getString("clip_id"),
                        new LabelSubject.Content(
                                row.getString("video_sha256"),
                                TaskKind.CURATE_VIDEO,
                                row.getString("curation_key"),
                                "thumbnails/" + row.getString("clip_id") + ".png",
                                ""),
                        "",
                        row.getString("caption")))
                .list();
    }

    private record Shown(PreferenceSamples.Sample sample, LabelSubject subject) {}

    private List<List<LabelSubject>> pairs(String run, String step) {
        List<Shown> samples = samples(run, step);
        List<List<LabelSubject>> pairs = new ArrayList<>();
        for (int one = 0; one < samples.size(); one++) {
            for (int other = one + 1; other < samples.size(); other++) {
                if (samples.get(one)
                        .sample()
                        .hasSameConditioning(samples.get(other).sample())) {
                    pairs.add(List.of(
                            samples.get(one).subject(), samples.get(other).subject()));
                }
            }
        }
        return pairs;
    }

    private List<Shown> samples(String run, String step) {
        List<Shown> shown = new ArrayList<>();
        for (ArtifactRef ref : refs(run, step)) {
            OutputManifest manifest = manifest(ref);
            Path folder = store.open(ref);
            Json.read(folder.resolve(PreferenceSamples.FILE_NAME), PreferenceSamples.class)
                    .samples()
                    .forEach(sample -> shown.add(new Shown(
                            sample,
                            new LabelSubject(
                                    sample.sampleId(),
                                    content(ref, manifest, "videos/" + sample.sampleId() + ".mp4", ""),
                                    "",
                                    sample.caption()))));
        }
        return shown;
    }

    private List<LabelSubject> evaluations(String run, String step) {
        List<LabelSubject> shown = new ArrayList<>();
        for (ArtifactRef ref : refs(run, step)) {
            OutputManifest manifest = manifest(ref);
            ModelEvaluation evaluation =
                    Json.read(store.open(ref).resolve(ModelEvaluation.FILE_NAME), ModelEvaluation.class);
            evaluation
                    .samples()
                    .forEach(sample -> shown.add(new LabelSubject(
                            sample.sampleId(),
                            content(ref, manifest, sample.video(), sample.firstFrame()),
                            evaluation.checkpoint(),
                            sample.prompt())));
        }
        return shown;
    }

    private List<ArtifactRef> refs(String run, String step) {
        List<ArtifactRef> refs =
                stages.artifacts(run, step).stream().map(StageArtifact::ref).toList();
        if (refs.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open labels of run '%s': expected videos of step '%s', found none. Run it first, see 'mugv status'."
                            .formatted(run, step));
        }
        return refs;
    }

    private OutputManifest manifest(ArtifactRef ref) {
        return Json.read(
                store.folder(ref.task(), new ArtifactKey(ref.key())).resolve(OutputManifest.FILE_NAME),
                OutputManifest.class);
    }

    private static LabelSubject.Content content(
            ArtifactRef ref, OutputManifest manifest, String file, String reference) {
        String sha256 = Optional.ofNullable(manifest.files().get(file))
                .map(OutputManifest.FileEntry::sha256)
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.CORRUPT,
                        "Cannot open labels of artifact %s: expected the video '%s', found none. Delete the artifact to have it made again."
                                .formatted(ref.key(), file)));
        return new LabelSubject.Content(sha256, ref.task(), ref.key(), file, reference);
    }
}
