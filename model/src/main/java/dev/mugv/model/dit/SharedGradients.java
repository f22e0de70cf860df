package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import dev.mugv.kernels.collective.Communicator;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.kernels.collective.NumberType;
import dev.mugv.kernels.collective.Operation;
import dev.mugv.kernels.collective.PendingOperation;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Sums the gradients of parameters that several ranks of one model hold, each of which has seen its own tokens, heads or blocks
 * only. Small ones travel together.
 */
final class SharedGradients {
    /** From so many values on a gradient is a message of its own. */
    private static final long LARGE = 1 << 18;

    private final List<Group> groups = new ArrayList<>();

    SharedGradients(ModelShare share, DitWeights weights, ModelRanks ranks) {
        ranks.tensor().ifPresent(tensor -> groups.add(new Group(tensor, weights, share::isTensorReplicated)));
        ranks.pipeline().ifPresent(stages -> groups.add(new Group(stages, weights, share::isStageReplicated)));
    }

    void sum() {
        groups.forEach(Group::sum);
    }

    /** Gradients that one group of ranks sums. */
    private static final class Group {
        private final Communicator ranks;
        private final List<Elements> large = new ArrayList<>();
        private final List<Elements> small = new ArrayList<>();
        private final Elements packed;

        Group(Communicator ranks, DitWeights weights, Predicate<String> shared) {
            this.ranks = ranks;
            NumberType type = NumberType.FP32;
            int count = 0;
            for (ParameterShape parameter : weights.shapes()) {
                Optional<NDArray> gradient = weights.gradient(parameter.name());
                if (gradient.isEmpty() || !shared.test(parameter.name())) {
                    continue;
                }
                Elements elements = EngineMemory.elements(gradient.get());
                type = elements.type();
                if (parameter.size() >= LARGE) {
                    large.add(elements);
                } else {
                    small.add(elements);
                    count += elements.count();
                }
            }
            packed = Elements.allocate(type, count);
        }

        void sum() {
            List<PendingOperation> pending = new ArrayList<>();
            large.forEach(elements -> pending.add(ranks.start(new Operation.AllReduce(elements))));
            int at = 0;
            for (Elements elements : small) {
                packed.slice(at, elements.count()).copyFrom(elements);
                at += elements.count();
            }
            if (at > 0) {
                ranks.allReduce(packed);
            }
            at = 0;
            for (Elements elements : small) {
                elements.copyFrom(packed.slice(at, elements.count()));
                at += elements.count();
            }
            pending.forEach(PendingOperation::await);
        }
    }
}
