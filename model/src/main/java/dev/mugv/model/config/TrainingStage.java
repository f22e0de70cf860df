package dev.mugv.model.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One stage of the curriculum, or the SFT stage (mugv.md, sections 5.2 and 5.5).
 *
 * @param name in lower case with hyphens, unique
 * @param updates optimizer updates, at most
 * @param batch samples an update
 * @param phases shapes in order; the last one ends at 1
 * @param imageShareStart share of image samples at the first update
 * @param imageShareEnd the same at the last, linear in between
 * @param firstFrameShare share of video samples whose first latent frame is given clean
 * @param captionDropout how often the caption is taken away
 * @param optimizer optimizer and schedule
 * @param checkpointEvery updates between checkpoints
 * @param seed root of sample order and noise
 * @param precision what the model computes in
 * @param tuning what of it is trained
 * @param validateEvery updates between measurements of the validation loss, a multiple of {@code checkpointEvery}; 0 for before the
 *     first update and after the last one only
 * @param batching how samples come to updates and to ranks
 * @param ema averages of the weights that are kept beside them
 * @param endsAtPlateau ends the stage earlier, when its validation loss has ceased to fall; schedules of learning rate, image share and
 *     phases stay those of {@code updates}
 */
public record TrainingStage(
        String name,
        int updates,
        @Default("4") int batch,
        List<ShapePhase> phases,
        @Default("0.5") double imageShareStart,
        @Default("0.1") double imageShareEnd,
        @Default("0.5") double firstFrameShare,
        CaptionDropout captionDropout,
        OptimizerConfiguration optimizer,
        @Default("100") int checkpointEvery,
        @Default("1") long seed,
        @Default("fp32") ComputePrecision precision,
        Tuning tuning,
        @Default("0") int validateEvery,
        Batching batching,
        Optional<WeightAveraging> ema,
        Optional<PlateauRule> endsAtPlateau) {
    /** One that trains all of the model and is validated before and after only. */
    // Twelve, as a stage has so many properties.
    public TrainingStage(
            String name,
            int updates,
            int batch,
            List<ShapePhase> phases,
            double imageShareStart,
            double imageShareEnd,
            double firstFrameShare,
            CaptionDropout captionDropout,
            OptimizerConfiguration optimizer,
            int checkpointEvery,
            long seed,
            ComputePrecision precision) {
        this(
                name,
                updates,
                batch,
                phases,
                imageShareStart,
                imageShareEnd,
                firstFrameShare,
                captionDropout,
                optimizer,
                checkpointEvery,
                seed,
                precision,
                Tuning.WHOLE);
    }

    /** One that is validated before and after only. */
    // Thirteen, as a stage has so many properties.
    public TrainingStage(
            String name,
            int updates,
            int batch,
            List<ShapePhase> phases,
            double imageShareStart,
            double imageShareEnd,
            double firstFrameShare,
            CaptionDropout captionDropout,
            OptimizerConfiguration optimizer,
            int checkpointEvery,
            long seed,
            ComputePrecision precision,
            Tuning tuning) {
        this(
                name,
                updates,
                batch,
                phases,
                imageShareStart,
                imageShareEnd,
                firstFrameShare,
                captionDropout,
                optimizer,
                checkpointEvery,
                seed,
                precision,
                tuning,
                0,
                Batching.DRAWS,
                Optional.empty(),
                Optional.empty());
    }

    public TrainingStage {
        phases = List.copyOf(phases);
        boolean rising = true;
        for (int i = 1; i < phases.size(); i++) {
            rising &= phases.get(i).until() > phases.get(i - 1).until();
        }
        new Faults()
                .require(
                        name.matches("[a-z][a-z0-9-]*"),
                        "name",
                        "expected lower-case letters, digits and hyphens, found '" + name + "'")
                .atLeast(1, updates, "updates")
                .atLeast(1, batch, "batch")
                .require(
                        !phases.isEmpty()
                                && rising
                                && phases.get(phases.size() - 1).until() == 1.0,
                        "phases",
                        "expected rising 'until' that ends at 1")
                .within(0, 1, imageShareStart, "imageShareStart")
                .within(0, 1, imageShareEnd, "imageShareEnd")
                .within(0, 1, firstFrameShare, "firstFrameShare")
                .atLeast(1, checkpointEvery, "checkpointEvery")
                .require(
                        validateEvery >= 0 && validateEvery % Math.max(1, checkpointEvery) == 0,
                        "validateEvery",
                        "expected 0 or a multiple of 'checkpoint-every', found " + validateEvery)
                .require(
                        ema.isEmpty() || ema.get().isInStepWith(updates, checkpointEvery),
                        "ema",
                        "expected 'every' to divide 'updates' and 'checkpoint-every', found "
                                + ema.map(WeightAveraging::every).orElse(0))
                .require(
                        endsAtPlateau.isEmpty() || validateEvery > 0,
                        "endsAtPlateau",
                        "expected a stage that is validated on the way, found 'validate-every' 0")
                .throwIfAny();
        if (endsAtPlateau.isPresent()) {
            PlateauSchedule.of(endsAtPlateau.get(), validateEvery, phases, optimizer, updates)
                    .requireLooks();
        }
    }

    /** Every shape that the stage shows, images too where it shows such. */
    public List<VideoShape> shapes() {
        boolean images = imageShareStart > 0 || imageShareEnd > 0;
        return phases.stream()
                .flatMap(phase -> phase.shapes().stream())
                .flatMap(shape -> images ? Stream.of(shape, shape.image()) : Stream.of(shape))
                .distinct()
                .toList();
    }

    /** The same stage with its samples in another order. */
    public TrainingStage withBatching(Batching other) {
        return with(name, updates, optimizer, new Additions(validateEvery, other, ema, endsAtPlateau));
    }

    /** The same stage with averages of its weights. */
    public TrainingStage withEma(WeightAveraging averaging) {
        return with(
                name,
                updates,
                optimizer,
                new Additions(validateEvery, batching, Optional.of(averaging), endsAtPlateau));
    }

    /** The same stage, validated now and then, and ended by a rule. */
    public TrainingStage endedBy(PlateauRule rule, int validations) {
        return with(name, updates, optimizer, new Additions(validations, batching, ema, Optional.of(rule)));
    }

    /** A trial of this stage: fewer updates, validated before and after; nothing ends it earlier. */
    TrainingStage trial(int fewer, OptimizerConfiguration otherOptimizer) {
        return with(
                name + "-trial", fewer, otherOptimizer, new Additions(0, batching, Optional.empty(), Optional.empty()));
    }

    /** The same stage with another optimizer. */
    public TrainingStage withOptimizer(OptimizerConfiguration other) {
        return with(name, updates, other, new Additions(validateEvery, batching, ema, endsAtPlateau));
    }

    /** What a stage may have beside its training. */
    private record Additions(
            int validateEvery, Batching batching, Optional<WeightAveraging> ema, Optional<PlateauRule> endsAtPlateau) {}

    /** The one place that copies a stage; checkpoints are no further apart than its updates. */
    private TrainingStage with(String other, int made, OptimizerConfiguration by, Additions additions) {
        return new TrainingStage(
                other,
                made,
                batch,
                phases,
                imageShareStart,
                imageShareEnd,
                firstFrameShare,
                captionDropout,
                by,
                made == updates ? checkpointEvery : Math.min(checkpointEvery, made),
                seed,
                precision,
                tuning,
                additions.validateEvery(),
                additions.batching(),
                additions.ema(),
                additions.endsAtPlateau());
    }

    /** When the rule that may end it looks. */
    public Optional<PlateauSchedule> plateauSchedule() {
        return endsAtPlateau.map(rule -> PlateauSchedule.of(rule, validateEvery, phases, optimizer, updates));
    }
}
