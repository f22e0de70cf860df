package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.DitPieces.Embedding;
import dev.mugv.model.dit.DitPieces.Kept;
import java.util.List;

/** Blocks of which only the input is kept; the way back runs them forward once more. */
final class RecomputedBlocks implements BlockPieces {
    private final BlockPieces blocks;

    RecomputedBlocks(BlockPieces blocks) {
        this.blocks = blocks;
    }

    @Override
    public NDArray run(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        return blocks.run(layer, token_RD, embedding, layout, into);
    }

    @Override
    public Kept<NDArray> runKeeping(
            int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        NDArray result = blocks.run(layer, token_RD, embedding, layout, into);
        // A second handle of the same memory: the first one is its maker's to close.
        NDArray kept = token_RD.reshape(token_RD.getShape());
        kept.attach(into);
        return new Kept<>(result, new KeptValues(List.of(), List.of(kept)));
    }

    @Override
    public void runBack(
            int layer,
            NDArray token_RD,
            Embedding gradients,
            Embedding embedding,
            TokenLayout layout,
            KeptValues kept) {
        try (NDManager local = token_RD.getManager().newSubManager()) {
            Kept<NDArray> again = blocks.runKeeping(layer, kept.arrays().get(0), embedding, layout, local);
            again.result().close();
            try (KeptValues values = again.values()) {
                blocks.runBack(layer, token_RD, gradients, embedding, layout, values);
            }
        }
    }
}
