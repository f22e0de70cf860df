package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.DitPieces.Embedding;
import dev.mugv.model.dit.DitPieces.Kept;
import dev.mugv.model.tensor.ScriptCall;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptResult;
import java.util.List;

/** Blocks of which this rank has all: one call of the script each way. */
final class WholeBlocks implements BlockPieces {
    private final ScriptModule script;
    private final List<PieceWeights> blocks;
    private final int heads;
    private final Keeping keeping;

    WholeBlocks(ScriptModule script, List<PieceWeights> blocks, int heads, Keeping keeping) {
        this.script = script;
        this.blocks = blocks;
        this.heads = heads;
        this.keeping = keeping;
    }

    @Override
    public NDArray run(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        Kept<NDArray> kept = call(layer, token_RD, embedding, layout, Keeping.NOTHING, into);
        kept.values().close();
        return kept.result();
    }

    @Override
    public Kept<NDArray> runKeeping(
            int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        return call(layer, token_RD, embedding, layout, keeping, into);
    }

    // One more than five: a pass's four, what is kept, and the scope.
    private Kept<NDArray> call(
            int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, Keeping what, NDManager into) {
        PieceWeights weights = blocks.get(layer);
        ScriptResult result = script.callUnrecorded("block")
                .with(token_RD)
                .with(embedding.variant_JBVM())
                .with(layout.own())
                .with(embedding.text_SD())
                .with(heads)
                .with(what.code())
                .with(weights.forward())
                .with(weights.adapters())
                .parts(into);
        return new Kept<>(result.arrays().get(0), new KeptValues(result.values()));
    }

    @Override
    public void runBack(
            int layer,
            NDArray token_RD,
            Embedding gradients,
            Embedding embedding,
            TokenLayout layout,
            KeptValues kept) {
        PieceWeights weights = blocks.get(layer);
        ScriptCall call = script.callUnrecorded("block_backward")
                .with(token_RD)
                .with(gradients.variant_JBVM())
                .with(gradients.text_SD())
                .with(embedding.variant_JBVM())
                .with(embedding.text_SD())
                .with(layout.own());
        kept.values().forEach(call::with);
        call.with(weights.backward())
                .with(weights.gradients())
                .with(weights.adapters())
                .with(weights.adapterGradients())
                .run();
    }
}
