package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.CaptionedClip;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EncodeLatentsOrder;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.text.T5TextEncoder;
import dev.mugv.model.text.TextEncoder;
import dev.mugv.model.text.TextFeatures;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code ENCODE_LATENTS}: a shard of clips at all shapes to normalised latents, and their captions to features. A clip that
 * cannot be read is named in the shard and the rest goes on. Every finished clip is kept for a later attempt.
 */
public final class EncodeLatentsTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        EncodeLatentsOrder order = context.parameters(EncodeLatentsOrder.class);
        Path vaeFolder = TaskInputs.only(context, TaskInputs.VAE);
        VaeDescription description = Json.read(vaeFolder.resolve(VaeDescription.FILE_NAME), VaeDescription.class);
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.load(scope, vaeFolder.resolve(VaeDescription.WEIGHTS_FILE_NAME));
                TextEncoder text = T5TextEncoder.of(runtime, order.text())) {
            new Shard(context, order, scope, vae, text, description.weightsSha256()).encode();
        }
    }

    /** The work on one shard. */
    private static final class Shard {
        private final TaskContext context;
        private final EncodeLatentsOrder order;
        private final NDManager scope;
        private final VideoVae vae;
        private final TextEncoder text;
        private final EncodedClips encoded;
        private final LatentShard empty;
        private final List<LatentShard.Latent> latents = new ArrayList<>();
        private final List<LatentShard.Text> texts = new ArrayList<>();
        private final List<LatentShard.Omission> omissions = new ArrayList<>();
        private final List<LatentShard.Fault> faults = new ArrayList<>();

        // Six collaborators: what a record of them would be called is this class.
        Shard(
                TaskContext context,
                EncodeLatentsOrder order,
                NDManager scope,
                VideoVae vae,
                TextEncoder text,
                String vaeSha256) {
            this.context = context;
            this.order = order;
            this.scope = scope;
            this.vae = vae;
            this.text = text;
            this.encoded = new EncodedClips(context);
            this.empty = new LatentShard(
                    vaeSha256,
                    text.identity(),
                    LatentShard.State.NORMALISED_MEAN,
                    LatentShard.FLOAT32,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of());
        }

        void encode() throws IOException {
            SafetensorsWriter latentFile = new SafetensorsWriter(Map.of("vae", empty.vaeSha256()));
            SafetensorsWriter textFile = new SafetensorsWriter(Map.of("text-encoder", empty.textEncoderSha256()));
            addText(textFile, LatentShard.NULL_CAPTION, "");
            int done = 0;
            for (CaptionedClip captioned : order.clips()) {
                if (context.isStopRequested()) {
                    throw new StopRequestedException("stopped after %d of %d clips"
                            .formatted(done, order.clips().size()));
                }
                encode(captioned, latentFile, textFile);
                done++;
                context.progress(done, order.clips().size(), "clips");
            }
            latentFile.write(context.pendingOutput().resolve(LatentShard.LATENTS_FILE_NAME));
            textFile.write(context.pendingOutput().resolve(LatentShard.TEXT_FILE_NAME));
            Files.writeString(context.pendingOutput().resolve(LatentShard.FILE_NAME), Json.pretty(described()));
            encoded.delete(order.clips().stream()
                    .map(captioned -> captioned.clip().clipId())
                    .toList());
        }

        private void encode(CaptionedClip captioned, SafetensorsWriter latentFile, SafetensorsWriter textFile) {
            ClipSource clip = captioned.clip();
            List<VideoShape> shapes =
                    order.shapes().stream().filter(clip::isLongEnoughFor).toList();
            try {
                Path file = encoded.find(clip.clipId()).orElseGet(() -> encode(captioned, shapes));
                EncodedClips.copy(file, latentFile, textFile);
            } catch (WorkFailure e) {
                if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.INVALID_REQUEST) {
                    throw e;
                }
                context.log("clip %s is left out: %s".formatted(clip.clipId(), e.text()));
                faults.add(new LatentShard.Fault(clip.clipId(), e.text()));
                return;
            }
            shapes.forEach(shape -> latents.add(entry(clip, shape)));
            texts.add(textEntry(clip.clipId(), captioned.caption()));
            order.shapes().stream()
                    .filter(shape -> !shapes.contains(shape))
                    .forEach(shape -> omissions.add(new LatentShard.Omission(clip.clipId(), shape)));
        }

        private Path encode(CaptionedClip captioned, List<VideoShape> shapes) {
            ClipSource clip = captioned.clip();
            SafetensorsWriter tensors = new SafetensorsWriter(Map.of());
            for (VideoShape shape : shapes) {
                try (NDManager local = scope.newSubManager()) {
                    NDArray latent_BCFHW = vae.encodeMean(local, FrameTensors.source(ClipFrames.read(clip, shape)));
                    float[] values = latent_BCFHW.toFloatArray();
                    requireFinite(clip, shape, values);
                    Shape one = latent_BCFHW.getShape().slice(1);
                    tensors.add(LatentShard.latentTensor(clip.clipId(), shape), one, FloatBuffer.wrap(values));
                }
            }
            addFeatures(tensors, clip.clipId(), captioned.caption());
            return encoded.publish(clip.clipId(), tensors);
        }

        private void addText(SafetensorsWriter tensors, String id, String caption) {
            addFeatures(tensors, id, caption);
            texts.add(textEntry(id, caption));
        }

        private void addFeatures(SafetensorsWriter tensors, String id, String caption) {
            TextFeatures features = text.encode(caption);
            if (features.isCut()) {
                context.log("the caption of clip %s has %d tokens and is cut to %d"
                        .formatted(id, features.tokensFound(), features.tokens()));
            }
            tensors.add(
                    LatentShard.textTensor(id), new Shape(features.tokens(), features.width()), features.features_SD());
        }

        private LatentShard.Latent entry(ClipSource clip, VideoShape shape) {
            LatentShard.Latent entry = new LatentShard.Latent(
                    clip.clipId(), clip.videoSha256(), clip.firstFrame(), clip.endFrame(), shape, "");
            return new LatentShard.Latent(
                    entry.clipId(),
                    entry.videoSha256(),
                    entry.firstFrame(),
                    entry.endFrame(),
                    shape,
                    empty.latentKey(entry));
        }

        private LatentShard.Text textEntry(String id, String caption) {
            return new LatentShard.Text(id, caption, LatentShard.textKey(caption, empty.textEncoderSha256()));
        }

        private LatentShard described() {
            return new LatentShard(
                    empty.vaeSha256(),
                    empty.textEncoderSha256(),
                    empty.state(),
                    empty.elementType(),
                    latents,
                    texts,
                    omissions,
                    faults);
        }

        private static void requireFinite(ClipSource clip, VideoShape shape, float[] values) {
            FloatBuffer buffer = FloatBuffer.wrap(values);
            if (GradientNorm.firstNonFinite(buffer, 0, values.length).isPresent()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot encode clip %s at shape %s: its latent is not finite. Check the VAE's weights."
                                .formatted(clip.clipId(), shape.label()));
            }
        }
    }
}
