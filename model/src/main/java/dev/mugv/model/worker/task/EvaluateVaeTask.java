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
import dev.mugv.model.vae.PerceptualNetwork;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code EVALUATE_VAE}: encodes clips to the posterior's mean, decodes them, and measures what was lost on the decoded
 * pictures of 8 bits a channel, as a viewer gets them; at several shapes, as the published table has three.
 */
public final class EvaluateVaeTask implements WorkTask {
    private static final String SHEETS = "sheets";

    @Override
    public void run(TaskContext context) throws IOException {
        EvaluateVaeOrder order = context.parameters(EvaluateVaeOrder.class);
        Path weights = TaskInputs.only(context, TaskInputs.VAE).resolve(VaeDescription.WEIGHTS_FILE_NAME);
        Files.createDirectories(context.pendingOutput().resolve(SHEETS));
        Optional<PerceptualNetwork> perceptual = PerceptualFile.open(context, order.perceptual());
        try (NDManager scope = TorchRuntime.start(context.order().threads()).newScope();
                VideoVae vae = VideoVae.load(scope, weights)) {
            Reconstructions reconstructions = new Reconstructions(context, order, vae, perceptual, scope);
            List<VaeEvaluation.Resolution> resolutions = new ArrayList<>();
            for (EvaluateVaeOrder.Shape shape : order.shapes()) {
                resolutions.add(reconstructions.measure(shape));
            }
            Files.writeString(
                    context.pendingOutput().resolve(VaeEvaluation.FILE_NAME),
                    Json.pretty(new VaeEvaluation(resolutions, reconstructions.shown)));
        } finally {
            perceptual.ifPresent(PerceptualNetwork::close);
        }
    }

    /** One task's clips, shape after shape. */
    private static final class Reconstructions {
        private final TaskContext context;
        private final EvaluateVaeOrder order;
        private final VideoVae vae;
        private final Optional<PerceptualNetwork> perceptual;
        private final NDManager scope;
        private final List<VaeEvaluation.Clip> shown = new ArrayList<>();
        private int done;

        Reconstructions(
                TaskContext context,
                EvaluateVaeOrder order,
                VideoVae vae,
                Optional<PerceptualNetwork> perceptual,
                NDManager scope) {
            this.context = context;
            this.order = order;
            this.vae = vae;
            this.perceptual = perceptual;
            this.scope = scope;
        }

        VaeEvaluation.Resolution measure(EvaluateVaeOrder.Shape of) {
            boolean isShown = of == order.shapes().get(0);
            int clips = of.clips().size();
            int total = order.shapes().stream()
                    .mapToInt(shape -> shape.clips().size())
                    .sum();
            double psnr = 0;
            double ssim = 0;
            double distance = 0;
            for (ClipSource clip : of.clips()) {
                if (context.isStopRequested()) {
                    throw new StopRequestedException("stopped after %d of %d reconstructions".formatted(done, total));
                }
                List<RgbFrame> frames = ClipFrames.read(clip, of.shape());
                List<RgbFrame> decoded = decoded(frames, of.shape());
                double own = PeakSignalToNoise.of(decoded, frames);
                double similarity = StructuralSimilarity.of(decoded, frames);
                psnr += own / clips;
                ssim += similarity / clips;
                distance += distance(frames, decoded) / clips;
                if (isShown) {
                    String sheet = SHEETS + "/" + clip.clipId() + ".png";
                    PngImages.write(
                            FrameSheet.beside(frames, decoded),
                            context.pendingOutput().resolve(sheet));
                    shown.add(new VaeEvaluation.Clip(clip.clipId(), own, similarity, sheet));
                }
                context.progress(++done, total, "clips");
            }
            return new VaeEvaluation.Resolution(
                    of.shape(), clips, psnr, ssim, perceptual.isPresent() ? Optional.of(distance) : Optional.empty());
        }

        private List<RgbFrame> decoded(List<RgbFrame> frames, VideoShape shape) {
            try (NDManager local = scope.newSubManager()) {
                NDArray latent_BCFHW = vae.encodeMean(local, FrameTensors.source(frames));
                return vae.decodePictures(latent_BCFHW, frames.size(), shape.fps());
            }
        }

        private double distance(List<RgbFrame> frames, List<RgbFrame> decoded) {
            if (perceptual.isEmpty()) {
                return 0;
            }
            double sum = 0;
            for (int i = 0; i < frames.size(); i++) {
                try (NDManager local = scope.newSubManager()) {
                    sum += perceptual.get().mean(picture(local, frames.get(i)), picture(local, decoded.get(i)));
                }
            }
            return sum / frames.size();
        }

        private static NDArray picture(NDManager local, RgbFrame frame) {
            NDArray pixel_BCFHW = FrameTensors.source(List.of(frame)).pixels(local, 0, 1);
            return pixel_BCFHW.squeeze(2);
        }
    }
}
