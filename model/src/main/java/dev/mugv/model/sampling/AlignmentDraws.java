package dev.mugv.model.sampling;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.TrainModelOrder.Preference;
import java.util.List;

/** What a preference stage draws: labels, and clips for its regulariser. */
public final class AlignmentDraws {
    private static final String LABEL = "label-order";
    private static final String SOURCE = "preference-source";

    private AlignmentDraws() {}

    /**
     * Which of a list of labels a slot gets.
     *
     * @param size how many labels there are
     */
    public static int label(PreferenceTraining training, int size, long update, int slot) {
        return CounterNoise.of(training.seed(), LABEL, update, slot).below(size, 0);
    }

    /** Which of a stage's losses an update's batch is for. */
    public static Loss loss(PreferenceTraining training, long update) {
        List<Loss> losses = training.losses();
        return losses.size() == 1
                ? losses.get(0)
                : losses.get(CounterNoise.of(training.seed(), SOURCE, update).below(losses.size(), 0));
    }

    /** The flow-matching loss on real latents that a preference stage is held by, as a stage. */
    public static TrainingStage regulariser(Preference objective) {
        PreferenceTraining training = objective.training();
        return new TrainingStage(
                training.name(),
                training.updates(),
                training.batch(),
                List.of(new ShapePhase(1, objective.shape())),
                0,
                0,
                objective.firstFrameShare(),
                CaptionDropout.NONE,
                training.optimizer(),
                training.checkpointEvery(),
                training.seed(),
                training.precision());
    }
}
