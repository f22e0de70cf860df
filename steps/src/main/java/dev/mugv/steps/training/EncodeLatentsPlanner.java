package dev.mugv.steps.training;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.AestheticTag;
import dev.mugv.model.format.CaptionedClip;
import dev.mugv.model.format.EncodeLatentsOrder;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans the encoding of every kept clip in every shape that any stage asks for. */
public final class EncodeLatentsPlanner implements WorkPlanner {
    public static final String STEP = "encode-latents";

    private final PipelineConfiguration configuration;
    private final StageInputs inputs;
    private final TrainingClips clips;
    private final DecisionCatalog decisions;
    private final WorkResources resources;

    public EncodeLatentsPlanner(
            PipelineConfiguration configuration,
            StageInputs inputs,
            TrainingClips clips,
            DecisionCatalog decisions,
            WorkResources resources) {
        this.configuration = configuration;
        this.inputs = inputs;
        this.clips = clips;
        this.decisions = decisions;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        List<CaptionedClip> captioned = captioned();
        List<ArtifactRef> vae = List.of(inputs.single(VaePlanner.STEP, STEP));
        String folderSha256 = configuration
                .text()
                .folder()
                .map(EncodeLatentsPlanner::folderSha256)
                .orElse("");
        int size = configuration.encode().clipsPerShard();
        List<WorkItem> items = new ArrayList<>();
        for (int from = 0; from < captioned.size(); from += size) {
            EncodeLatentsOrder order = new EncodeLatentsOrder(
                    captioned.subList(from, Math.min(captioned.size(), from + size)),
                    shapes(configuration),
                    configuration.text(),
                    folderSha256);
            items.add(new WorkItem("shard-" + from / size, TaskKind.ENCODE_LATENTS, Json.tree(order), vae, resources));
        }
        return items;
    }

    /** The aesthetic score is part of the caption, as at inference (mugv.md, section 1.1). */
    private List<CaptionedClip> captioned() {
        Map<String, String> captions = decisions.captions(configuration.name()).stream()
                .collect(Collectors.toMap(ClipCaption::clipId, ClipCaption::caption));
        List<CaptionedClip> captioned = new ArrayList<>();
        for (CatalogedClip clip : clips.all()) {
            String caption = captions.getOrDefault(clip.clipId(), "");
            captioned.add(new CaptionedClip(clip.source(), AestheticTag.append(caption, clip.score("aesthetic"))));
        }
        return captioned;
    }

    /** Every shape of every stage, with the image of each, without repetitions, in a fixed order. */
    public static List<VideoShape> shapes(PipelineConfiguration configuration) {
        Stream<VideoShape> trained = Stream.of(
                        configuration.pretrain().proxy().stream(),
                        configuration.pretrain().full().stream(),
                        Stream.of(configuration.finetune().stage()))
                .flatMap(stages -> stages)
                .map(TrainingStage::phases)
                .flatMap(List::stream)
                .map(ShapePhase::shapes)
                .flatMap(List::stream);
        Map<String, VideoShape> shapes = new TreeMap<>();
        Stream.concat(
                        trained,
                        Stream.of(
                                configuration.align().shape(),
                                configuration.evaluate().shape()))
                .flatMap(shape -> Stream.of(shape, shape.image()))
                .forEach(shape -> shapes.put(shape.label(), shape));
        return List.copyOf(shapes.values());
    }

    private static String folderSha256(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            String listing = files.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> file.getFileName() + " " + Sha256.ofFile(file) + "\n")
                    .collect(Collectors.joining());
            return Sha256.of(listing.getBytes(StandardCharsets.UTF_8));
        } catch (IOException | UncheckedIOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot read text encoder folder '%s': %s. Correct 'text.folder' in the configuration."
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }
}
