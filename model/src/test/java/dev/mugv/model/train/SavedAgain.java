package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.collective.Communicator;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.Layout;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.dit.Computation;
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.TrainingGroups;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Loads a training's newest checkpoint under a layout and saves it again as a later update's, without any update between. */
final class SavedAgain {
    private SavedAgain() {}

    static void underLayout(TaskContext context, TrainModelOrder order, Layout layout, int update) throws IOException {
        TrainingRanks.of(context)
                .run(world -> oneRank(
                        context,
                        order,
                        TrainingGroups.of(world, layout.tensor(), layout.pipeline(), order.mode()),
                        update));
    }

    private static void oneRank(TaskContext context, TrainModelOrder order, TrainingGroups groups, int update) {
        ModelShare share = ModelShare.of(
                order.size(), groups.layout(), groups.all().rank(), groups.all().size());
        Communicator replica = groups.replica().data();
        try (NDManager scope = TorchRuntime.start(1).newScope();
                DitModel model = DitModel.trainable(
                        share,
                        share.isWhole() ? ModelRanks.ALONE : ModelRanks.of(share, replica),
                        Computation.of(ComputePrecision.FP32),
                        Tuning.WHOLE,
                        scope)) {
            Trainable trainable = new Untrained(model);
            TrainingPlan plan = new TrainingPlan(
                            "again", update, 1, TinyTraining.OPTIMIZER, new Retention(9, 1), Map.of(), "code", Map.of())
                    .on(groups.layout());
            GradientSum sum = new GradientSum(trainable.parameters(), groups, trainable.held()::counts);
            try (OptimizerState optimizer =
                            new OptimizerState(scope, trainable.parameters(), plan.optimizer(), sum, trainable.held());
                    WeightAverages averages =
                            new WeightAverages(scope, trainable.parameters(), averaging(order), sum, trainable.held());
                    TrainingSaves saves = new TrainingSaves(
                            context,
                            plan,
                            new TrainingSaves.Trained(
                                    trainable,
                                    optimizer,
                                    new TreeMap<>(Map.of(TrainingLoop.AVERAGES, averages)),
                                    groups.mode()),
                            TrainingPeers.of(groups.all(), context).rank())) {
                TrainingPosition position =
                        saves.position(saves.loadNewest(Long.MAX_VALUE).orElseThrow());
                saves.save(
                        new TrainingPosition(update, update, position.ancestors()),
                        Optional.empty(),
                        new TreeMap<>(),
                        () -> {});
                saves.store().settle();
            }
        }
    }

    private static WeightAveraging averaging(TrainModelOrder order) {
        return ((TrainModelOrder.FlowMatching) order.objective()).stage().ema().orElseThrow();
    }

    private record Untrained(DitModel model) implements Trainable {
        @Override
        public ParameterSet parameters() {
            return model.parameters();
        }

        @Override
        public HeldParameters held() {
            return model.trained();
        }

        @Override
        public BatchMeasure addGradients(long update, GradientSum sum) {
            throw new UnsupportedOperationException("no update is made");
        }

        @Override
        public double validationLoss() {
            throw new UnsupportedOperationException("nothing is measured");
        }
    }
}
