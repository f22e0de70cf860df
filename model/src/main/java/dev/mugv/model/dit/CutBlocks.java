package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.DitPieces.Embedding;
import dev.mugv.model.dit.DitPieces.Kept;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptResult;
import dev.mugv.model.tensor.ScriptValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks whose matrices and tokens are cut among the ranks of a tensor group. Each of a block's three parts enters on a rank's own
 * tokens, gathers all of them, computes its core with the rank's own heads or columns, sums that over ranks while it shares the
 * tokens out again, and leaves on its own; the way back is the same in reverse. The gathered tokens are not kept but gathered
 * again, so that activations outside cores take a share of the memory, too.
 */
final class CutBlocks implements BlockPieces {
    private static final int PARTS = 3;

    private final ScriptModule script;
    private final List<PieceWeights> blocks;
    private final int heads;
    private final Keeping keeping;
    private final TokenExchange exchange;

    CutBlocks(ScriptModule script, List<PieceWeights> blocks, int heads, Keeping keeping, TokenExchange exchange) {
        this.script = script;
        this.blocks = blocks;
        this.heads = heads;
        this.keeping = keeping;
        this.exchange = exchange;
    }

    /** Where a call is: in a part of a layer, over these samples. */
    private record Place(int part, PieceWeights weights, Embedding embedding, TokenLayout layout) {
        int batch() {
            return Math.toIntExact(embedding.scalars_BVD().getShape().get(0));
        }
    }

    @Override
    public NDArray run(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        Kept<NDArray> kept = run(layer, token_RD, embedding, layout, Keeping.NOTHING, into);
        kept.values().close();
        return kept.result();
    }

    @Override
    public Kept<NDArray> runKeeping(
            int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        return run(layer, token_RD, embedding, layout, keeping, into);
    }

    // One more than five: a pass's four, what is kept, and the scope.
    private Kept<NDArray> run(
            int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, Keeping what, NDManager into) {
        List<ScriptValue> values = new ArrayList<>();
        List<NDArray> arrays = new ArrayList<>();
        NDArray x_RD = token_RD.reshape(token_RD.getShape());
        x_RD.attach(into);
        for (int part = 0; part < PARTS; part++) {
            Place place = new Place(part, blocks.get(layer), embedding, layout);
            ScriptResult entered = enter(place, x_RD, into);
            NDArray own_RD = entered.arrays().get(0);
            ScriptResult core;
            try (NDArray all_RD = exchange.gather(own_RD, place.batch(), into)) {
                core = core(place, all_RD, what, into);
            }
            NDArray sum_RD;
            try (NDArray summand_RD = core.arrays().get(0)) {
                sum_RD = exchange.sum(summand_RD, place.batch(), into);
            }
            NDArray result = leave(place, x_RD, sum_RD, into);
            values.addAll(entered.values());
            values.addAll(core.values());
            List<NDArray> seen = List.of(x_RD, own_RD, sum_RD);
            boolean kept = what != Keeping.NOTHING;
            seen.stream().filter(array -> !kept).forEach(NDArray::close);
            arrays.addAll(kept ? seen : List.of());
            x_RD = result;
        }
        return new Kept<>(x_RD, new KeptValues(values, arrays));
    }

    private ScriptResult enter(Place place, NDArray x_RD, NDManager into) {
        return script.callUnrecorded("enter")
                .with(place.part)
                .with(x_RD)
                .with(place.embedding.variant_JBVM())
                .with(place.layout.own())
                .with(place.weights.forward())
                .parts(into);
    }

    private ScriptResult core(Place place, NDArray all_RD, Keeping what, NDManager into) {
        return script.callUnrecorded("core")
                .with(place.part)
                .with(all_RD)
                .with(place.embedding.text_SD())
                .with(place.layout.all())
                .with(heads)
                .with(what.code())
                .with(place.weights.forward())
                .with(place.weights.adapters())
                .parts(into);
    }

    private NDArray leave(Place place, NDArray x_RD, NDArray sum_RD, NDManager into) {
        return script.callUnrecorded("leave")
                .with(place.part)
                .with(x_RD)
                .with(sum_RD)
                .with(place.embedding.variant_JBVM())
                .with(place.layout.own())
                .with(place.weights.forward())
                .one(into);
    }

    @Override
    public void runBack(
            int layer,
            NDArray token_RD,
            Embedding gradients,
            Embedding embedding,
            TokenLayout layout,
            KeptValues kept) {
        for (int part = PARTS - 1; part >= 0; part--) {
            try (NDManager local = token_RD.getManager().newSubManager()) {
                Place place = new Place(part, blocks.get(layer), embedding, layout);
                runBack(
                        place,
                        token_RD,
                        gradients,
                        new KeptValues(
                                kept.values().subList(2 * part, 2 * part + 2),
                                kept.arrays().subList(3 * part, 3 * part + 3)),
                        local);
            }
        }
    }

    private void runBack(Place place, NDArray token_RD, Embedding gradients, KeptValues kept, NDManager local) {
        NDArray x_RD = kept.arrays().get(0);
        NDArray own_RD = kept.arrays().get(1);
        NDArray out_RD = script.callUnrecorded("leave_backward")
                .with(place.part)
                .with(token_RD)
                .with(kept.arrays().get(2))
                .with(place.embedding.variant_JBVM())
                .with(gradients.variant_JBVM())
                .with(place.layout.own())
                .with(place.weights.backward())
                .with(place.weights.gradients())
                .one(local);
        NDArray summand_RD = script.callUnrecorded("core_backward")
                .with(place.part)
                .with(exchange.gather(out_RD, place.batch(), local))
                .with(exchange.gather(own_RD, place.batch(), local))
                .with(place.embedding.text_SD())
                .with(gradients.text_SD())
                .with(place.layout.all())
                .with(kept.values().get(1))
                .with(place.weights.backward())
                .with(place.weights.gradients())
                .with(place.weights.adapters())
                .with(place.weights.adapterGradients())
                .one(local);
        script.callUnrecorded("enter_backward")
                .with(place.part)
                .with(token_RD)
                .with(exchange.sumGradients(summand_RD, place.batch(), local))
                .with(x_RD)
                .with(place.embedding.variant_JBVM())
                .with(gradients.variant_JBVM())
                .with(place.layout.own())
                .with(kept.values().get(0))
                .with(place.weights.backward())
                .with(place.weights.gradients())
                .run();
    }
}
