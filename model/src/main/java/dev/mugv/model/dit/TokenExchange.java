package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.collective.Communicator;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptModule;

/**
 * Tokens between the ranks of a tensor group (mugv.md, section 6.2). A rank's own tokens are a share of every sample's patches
 * between copies of the start and the end token, of which the first rank's and the last one's count.
 */
final class TokenExchange {
    private final Communicator ranks;
    private final ScriptModule script;

    TokenExchange(Communicator ranks, ScriptModule script) {
        this.ranks = ranks;
        this.script = script;
    }

    int size() {
        return ranks.size();
    }

    /** All tokens in order, out of every rank's own. */
    NDArray gather(NDArray own_RD, int batch, NDManager into) {
        Shape shape = own_RD.getShape();
        Shape all = new Shape(ranks.size(), batch, shape.get(0) / batch, shape.get(1));
        try (NDArray all_WBTD = gathered(own_RD, all, into)) {
            return script.callUnrecorded("joined").with(all_WBTD).one(into);
        }
    }

    /** Blocks of all ranks, one behind the other. */
    NDArray gathered(NDArray own, Shape all, NDManager into) {
        NDArray result = into.create(all, own.getDataType());
        ranks.allGather(EngineMemory.elements(own), EngineMemory.elements(result));
        return result;
    }

    /** This rank's own tokens of the sum over ranks; each gets start and end token. */
    NDArray sum(NDArray part_RD, int batch, NDManager into) {
        return scattered(part_RD, batch, true, into);
    }

    /** The same for gradients of what {@link #gather} gave: start and end token go where they came from. */
    NDArray sumGradients(NDArray part_RD, int batch, NDManager into) {
        return scattered(part_RD, batch, false, into);
    }

    private NDArray scattered(NDArray part_RD, int batch, boolean copies, NDManager into) {
        try (NDArray parts_WBTD = script.callUnrecorded("parted")
                .with(part_RD)
                .with(ranks.size())
                .with(batch)
                .with(copies)
                .one(into)) {
            Shape shape = parts_WBTD.getShape();
            NDArray own = into.create(new Shape(shape.get(1) * shape.get(2), shape.get(3)), parts_WBTD.getDataType());
            ranks.reduceScatter(EngineMemory.elements(parts_WBTD), EngineMemory.elements(own));
            return own;
        }
    }
}
