package dev.mugv.steps.provenance;

import dev.mugv.model.format.CaptionClipsOrder;
import dev.mugv.model.format.CaptionedClip;
import dev.mugv.model.format.CheckFiltersOrder;
import dev.mugv.model.format.ClipCaptions;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.EncodeLatentsOrder;
import dev.mugv.model.format.ImportLatentsOrder;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.PlantedTruth;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.ReverseSampleOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Videos, clips, captions, latents and samples, each by its content. */
final class DataNodes {
    private final String run;
    private final VideoCatalog videos;
    private final DecisionCatalog decisions;

    DataNodes(String run, VideoCatalog videos, DecisionCatalog decisions) {
        this.run = run;
        this.videos = videos;
        this.decisions = decisions;
    }

    /** A video, the clips found in it, and what was measured of them. */
    void curation(PublishedWork work, Nodes nodes) {
        CuratedVideo found = work.read(CurateVideoOrder.VIDEO_FILE, CuratedVideo.class);
        NewNode.Builder video = NewNode.of(NodeKind.VIDEO, found.videoSha256(), work.label())
                .name(work.label())
                .fact("frames", found.frames())
                .fact("fps", found.fps());
        videos.all(run).stream()
                .filter(row -> row.path().equals(work.label()))
                .forEach(row -> video.fact("bytes", row.bytes())
                        .fact("source", row.screening().source())
                        .fact("licence", row.screening().licence())
                        .fact("consent", row.screening().consent()));
        NodeKey source = nodes.add(video);
        nodes.artifact().from(EdgeRole.DESCRIBES, source);
        CurateVideoOrder order = work.order(CurateVideoOrder.class);
        Stream.concat(order.aestheticModel().stream(), order.models().files().stream())
                .forEach(model -> givenModel(model, nodes));
        for (CuratedClip clip : found.clips()) {
            nodes.artifact().from(EdgeRole.CONTAINS, nodes.add(clip(clip, work.label(), source, nodes.maker())));
        }
    }

    /** A learned model that curation asked; work orders name it by its content. */
    private static void givenModel(Path model, Nodes nodes) {
        String sha256 = model.getFileName().toString();
        nodes.artifact().from(EdgeRole.GIVEN_AS, nodes.add(NewNode.of(NodeKind.GIVEN_FILE, sha256, model.toString())));
    }

    private static NewNode.Builder clip(CuratedClip clip, String video, NodeKey source, Optional<NodeKey> maker) {
        NewNode.Builder node = NewNode.of(
                        NodeKind.CLIP,
                        clip.clipId(),
                        "%s %d-%d"
                                .formatted(
                                        video,
                                        clip.range().firstFrame(),
                                        clip.range().endFrame()))
                .fact("first-frame", clip.range().firstFrame())
                .fact("end-frame", clip.range().endFrame())
                .fact("seconds", clip.seconds())
                .from(EdgeRole.CUT_FROM, source);
        return node.madeBy(maker);
    }

    /** What filters made of a planted set, which was made from clean clips, or from videos that were given for it. */
    void filterChecks(PublishedWork work, Nodes nodes) {
        CheckFiltersOrder order = work.order(CheckFiltersOrder.class);
        Stream.concat(order.rules().aestheticModel().stream(), order.rules().models().files().stream())
                .forEach(model -> givenModel(model, nodes));
        order.given()
                .forEach(video -> nodes.artifact()
                        .from(
                                EdgeRole.GIVEN_AS,
                                nodes.add(NewNode.of(
                                        NodeKind.GIVEN_FILE,
                                        video.sha256(),
                                        video.file().toString()))));
        if (!order.given().isEmpty()) {
            return;
        }
        PlantedTruth truth =
                work.read(CheckFiltersOrder.PLANTED_FOLDER + "/" + PlantedTruth.FILE_NAME, PlantedTruth.class);
        truth.clips().forEach(clip -> nodes.artifact().from(EdgeRole.INPUT, new NodeKey(NodeKind.CLIP, clip)));
    }

    /** Captions of a shard of clips. */
    void captions(PublishedWork work, Nodes nodes) {
        for (ClipCaptions.Caption caption :
                work.read(CaptionClipsOrder.CAPTIONS_FILE, ClipCaptions.class).captions()) {
            String origin = caption.origin().name().toLowerCase(Locale.ROOT);
            NodeKey clip = new NodeKey(NodeKind.CLIP, caption.clipId());
            nodes.artifact()
                    .from(
                            EdgeRole.CONTAINS,
                            nodes.add(NewNode.of(
                                            NodeKind.CAPTION,
                                            captionIdentity(caption.clipId(), caption.text(), origin),
                                            caption.text())
                                    .fact("clip", caption.clipId())
                                    .fact("origin", origin)
                                    .from(EdgeRole.DESCRIBES, clip)
                                    .madeBy(nodes.maker())));
        }
        nodes.artifact().from(EdgeRole.INPUT, work.inputs());
    }

    /** Latents and text features of a shard of clips. */
    void latents(PublishedWork work, Nodes nodes) {
        LatentShard shard = work.read(LatentShard.FILE_NAME, LatentShard.class);
        NodeKey vae = work.inputs(NodeKind.VAE).get(0);
        for (LatentShard.Latent latent : shard.latents()) {
            NodeKey clip = new NodeKey(NodeKind.CLIP, latent.clipId());
            nodes.artifact()
                    .from(
                            EdgeRole.CONTAINS,
                            nodes.add(NewNode.of(
                                            NodeKind.LATENT,
                                            hash(latent.key(), vae.identity()),
                                            latent.clipId() + " at "
                                                    + latent.shape().label())
                                    .fact("clip", latent.clipId())
                                    .fact("shape", latent.shape().label())
                                    .fact("key", latent.key())
                                    .from(EdgeRole.ENCODED_FROM, clip)
                                    .from(EdgeRole.ENCODED_BY, vae)
                                    .madeBy(nodes.maker())));
        }
        texts(work.order(EncodeLatentsOrder.class), shard, nodes);
        nodes.artifact()
                .from(EdgeRole.INPUT, work.inputs())
                .fact("latents", shard.latents().size());
    }

    /** Latents that somebody gave. Their clips have no video here, and are known by the names they came with. */
    static void importedLatents(PublishedWork work, Nodes nodes) {
        ImportLatentsOrder order = work.order(ImportLatentsOrder.class);
        for (ImportLatentsOrder.Content content : List.of(order.description(), order.latents(), order.texts())) {
            nodes.artifact()
                    .from(
                            EdgeRole.GIVEN_AS,
                            nodes.add(NewNode.of(
                                    NodeKind.GIVEN_FILE,
                                    content.sha256(),
                                    content.file().toString())));
        }
        LatentShard shard = work.read(LatentShard.FILE_NAME, LatentShard.class);
        for (LatentShard.Latent latent : shard.latents()) {
            NodeKey clip = nodes.add(NewNode.of(NodeKind.CLIP, latent.clipId(), latent.clipId() + ", imported")
                    .fact("origin", "imported"));
            nodes.artifact()
                    .from(
                            EdgeRole.CONTAINS,
                            nodes.add(NewNode.of(
                                            NodeKind.LATENT,
                                            hash(latent.key(), latent.clipId()),
                                            latent.clipId() + " at "
                                                    + latent.shape().label())
                                    .fact("clip", latent.clipId())
                                    .fact("shape", latent.shape().label())
                                    .fact("key", latent.key())
                                    .from(EdgeRole.ENCODED_FROM, clip)));
        }
        nodes.artifact().fact("latents", shard.latents().size());
    }

    private void texts(EncodeLatentsOrder order, LatentShard shard, Nodes nodes) {
        NodeKey encoder = nodes.add(NewNode.of(NodeKind.TEXT_ENCODER, shard.textEncoderSha256(), "text encoder")
                .fact("settings", order.text()));
        Map<String, ClipCaption> captions =
                decisions.captions(run).stream().collect(Collectors.toMap(ClipCaption::clipId, caption -> caption));
        List<String> clips = order.clips().stream()
                .map(CaptionedClip::clip)
                .map(clip -> clip.clipId())
                .toList();
        for (LatentShard.Text text : shard.texts()) {
            Optional<NodeKey> described = clips.contains(text.clipId())
                    ? Optional.of(Optional.ofNullable(captions.get(text.clipId()))
                            .map(DataNodes::captionKey)
                            .orElseGet(() -> new NodeKey(NodeKind.CLIP, text.clipId())))
                    : Optional.empty();
            NewNode.Builder features = NewNode.of(
                            NodeKind.TEXT_FEATURES,
                            hash(
                                    text.clipId(),
                                    text.key(),
                                    described.map(NodeKey::toString).orElse("")),
                            text.caption())
                    .fact("clip", text.clipId())
                    .fact("key", text.key())
                    .from(EdgeRole.ENCODED_BY, encoder)
                    .madeBy(nodes.maker());
            described.ifPresent(parent -> features.from(EdgeRole.ENCODED_FROM, parent));
            nodes.artifact().from(EdgeRole.CONTAINS, nodes.add(features));
        }
    }

    /** Generated samples, each by a model from the caption, or first frame, of a clip. */
    void samples(PublishedWork work, Nodes nodes) {
        List<NodeKey> models = work.inputs(NodeKind.CHECKPOINT, NodeKind.MERGE);
        for (PreferenceSamples.Sample sample :
                work.read(PreferenceSamples.FILE_NAME, PreferenceSamples.class).samples()) {
            nodes.artifact()
                    .from(
                            EdgeRole.CONTAINS,
                            nodes.add(NewNode.of(
                                            NodeKind.SAMPLE,
                                            sampleIdentity(work.key(), sample.sampleId()),
                                            sample.sampleId())
                                    .name(sample.sampleId())
                                    .fact("seed", sample.seed())
                                    .fact("measures", sample.measures())
                                    .from(
                                            EdgeRole.GENERATED_BY,
                                            ReverseSampleOrder.isReal(sample.sampleId()) ? List.of() : models)
                                    .from(EdgeRole.CONDITIONED_ON, new NodeKey(NodeKind.CLIP, sample.clipId()))
                                    .madeBy(nodes.maker())));
        }
        nodes.artifact().from(EdgeRole.INPUT, work.inputs());
    }

    /** Identity of a sample within its artifact. */
    static String sampleIdentity(NodeKey artifact, String sampleId) {
        return artifact.identity() + "/" + sampleId;
    }

    private static NodeKey captionKey(ClipCaption caption) {
        return new NodeKey(NodeKind.CAPTION, captionIdentity(caption.clipId(), caption.caption(), caption.origin()));
    }

    private static String captionIdentity(String clipId, String text, String origin) {
        return hash(clipId, text, origin);
    }

    private static String hash(String... parts) {
        return Sha256.of(Json.bytes(parts));
    }
}
