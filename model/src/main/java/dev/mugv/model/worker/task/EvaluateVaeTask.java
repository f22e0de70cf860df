package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.evaluation.FrameSheet;
import dev.mugv.model.evaluation.PeakSignalToNoise;
import dev.mugv.model.evaluation.StructuralSimilarity;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EvaluateVaeOrder;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.format.VaeEvaluation;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code EVALUATE_VAE}: encodes clips to the posterior's mean, decodes them, and measures what was lost on the decoded
 * pictures of 8 bits a channel, as a viewer gets them.
 */
public final class EvaluateVaeTask implements WorkTask {
    private static final String SHEETS = "sheets";

    @Override
    public void run(TaskContext context) throws IOException {
        EvaluateVaeOrder order = context.parameters(EvaluateVaeOrder.class);
        Path weights = TaskInputs.only(context, TaskInputs.VAE).resolve(VaeDescription.WEIGHTS_FILE_NAME);
        Files.createDirectories(context.pendingOutput().resolve(SHEETS));
        List<VaeEvaluation.Clip> results = new ArrayList<>();
        try (NDManager scope = TorchRuntime.start(context.order().threads()).newScope();
                VideoVae vae = VideoVae.load(scope, weights)) {
            for (ClipSource clip : order.clips()) {
                if (context.isStopRequested()) {
                    throw new StopRequestedException("stopped after %d of %d reconstructions"
                            .formatted(results.size(), order.clips().size()));
                }
                List<RgbFrame> frames = ClipFrames.read(clip, order.shape());
                List<RgbFrame> decoded = decoded(frames, order.shape(), vae, scope);
                results.add(compare(clip, frames, decoded, context.pendingOutput()));
                context.progress(results.size(), order.clips().size(), "clips");
            }
        }
        VaeEvaluation evaluation = new VaeEvaluation(
                order.shape(),
                results.stream().mapToDouble(VaeEvaluation.Clip::psnr).average().orElseThrow(),
                results.stream().mapToDouble(VaeEvaluation.Clip::ssim).average().orElseThrow(),
                results);
        Files.writeString(context.pendingOutput().resolve(VaeEvaluation.FILE_NAME), Json.pretty(evaluation));
    }

    private static List<RgbFrame> decoded(List<RgbFrame> frames, VideoShape shape, VideoVae vae, NDManager scope) {
        try (NDManager local = scope.newSubManager()) {
            NDArray latent_BCFHW = vae.encodeMean(local, FrameTensors.source(frames));
            return vae.decodePictures(latent_BCFHW, frames.size(), shape.fps());
        }
    }

    private static VaeEvaluation.Clip compare(
            ClipSource clip, List<RgbFrame> frames, List<RgbFrame> decoded, Path output) {
        String sheet = SHEETS + "/" + clip.clipId() + ".png";
        PngImages.write(FrameSheet.beside(frames, decoded), output.resolve(sheet));
        return new VaeEvaluation.Clip(
                clip.clipId(), PeakSignalToNoise.of(decoded, frames), StructuralSimilarity.of(decoded, frames), sheet);
    }
}
