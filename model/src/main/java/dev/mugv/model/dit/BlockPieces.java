package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.DitPieces.Embedding;
import dev.mugv.model.dit.DitPieces.Kept;

/** The blocks of a rank, forward and back. Layers count from the rank's first. */
interface BlockPieces {
    /** Forward, nothing kept. */
    NDArray run(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into);

    /** Forward, with what the way back needs. */
    Kept<NDArray> runKeeping(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into);

    /**
     * A block's way back.
     *
     * @param gradients of what the pieces before the blocks made, all summed up in place
     * @param token_RD turns in place from the gradient of the block's output into that of its input
     */
    void runBack(
            int layer, NDArray token_RD, Embedding gradients, Embedding embedding, TokenLayout layout, KeptValues kept);
}
