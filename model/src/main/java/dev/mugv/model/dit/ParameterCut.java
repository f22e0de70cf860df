package dev.mugv.model.dit;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How tensor parallelism cuts a parameter into equal parts, one a rank (mugv.md, section 3.6): linear layers whose results are
 * heads or MLP columns by rows, those that take them by columns; the others are replicated.
 */
public sealed interface ParameterCut {
    /** Every rank has all of it. */
    record Replicated() implements ParameterCut {}

    /**
     * Cut along the first axis.
     *
     * @param logicalParts 3 for query, key and value in one, 2 for key and value, else 1: each is cut for itself, by heads
     */
    record Rows(int logicalParts) implements ParameterCut {}

    /** Cut along the second axis of a matrix. */
    record Columns() implements ParameterCut {}

    /**
     * Consecutive elements of a part where they lie in the whole.
     *
     * @param first index of the first
     * @param count how many
     */
    record Run(long first, long count) {}

    Pattern IN_BLOCK = Pattern.compile("blocks\\.\\d+\\.(.+)");

    /** The cut of a parameter by its published name; adapters are cut as the layer they belong to. */
    static ParameterCut of(String name) {
        Matcher block = IN_BLOCK.matcher(name);
        if (!block.matches()) {
            return new Replicated();
        }
        return switch (block.group(1)) {
            case "attn.qkv.weight", "attn.qkv.bias", "attn.qkv" + Adapters.UP -> new Rows(3);
            case "cross_attn.kv_linear.weight", "cross_attn.kv_linear.bias", "cross_attn.kv_linear" + Adapters.UP ->
                new Rows(2);
            case "cross_attn.q_linear.weight",
                    "cross_attn.q_linear.bias",
                    "cross_attn.q_linear" + Adapters.UP,
                    "mlp.fc1.weight",
                    "mlp.fc1.bias",
                    "mlp.fc1" + Adapters.UP -> new Rows(1);
            case "attn.proj.weight",
                    "attn.proj" + Adapters.DOWN,
                    "cross_attn.proj.weight",
                    "cross_attn.proj" + Adapters.DOWN,
                    "mlp.fc2.weight",
                    "mlp.fc2" + Adapters.DOWN -> new Columns();
            default -> new Replicated();
        };
    }

    /** Whether every rank has all of it. */
    default boolean isReplicated() {
        return this instanceof Replicated;
    }

    /** Shape of one part. */
    default Shape part(Shape whole, int ranks) {
        long[] sizes = whole.getShape().clone();
        if (this instanceof Rows) {
            sizes[0] /= ranks;
        } else if (this instanceof Columns) {
            sizes[1] /= ranks;
        }
        return new Shape(sizes);
    }

    /**
     * A rank among those that have parts.
     *
     * @param ranks how many there are
     * @param rank which one
     */
    record Place(int ranks, int rank) {}

    /**
     * Consecutive elements of a rank's part as slices of the whole, in the part's order.
     *
     * @param whole the parameter with its whole shape
     * @param first index in the part
     */
    default List<HeldSlice> slices(ParameterShape whole, Place place, long first, long count) {
        if (this instanceof Columns) {
            long own = whole.shape().get(1) / place.ranks;
            TensorSlice part = TensorSlice.along(whole.name(), whole.shape(), 1, place.rank * own, own);
            return List.of(new HeldSlice(part.part(first, count), first));
        }
        if (!(this instanceof Rows rows)) {
            return List.of(new HeldSlice(TensorSlice.range(whole.name(), whole.shape(), first, count), first));
        }
        List<HeldSlice> slices = new ArrayList<>();
        long pieces = rows.logicalParts * (long) place.ranks;
        long pieceRows = whole.shape().get(0) / pieces;
        long piece = whole.size() / pieces;
        for (long at = first; at < first + count; at += piece - at % piece) {
            long length = Math.min(piece - at % piece, first + count - at);
            long row = (at / piece * place.ranks + place.rank) * pieceRows;
            TensorSlice part = TensorSlice.along(whole.name(), whole.shape(), 0, row, pieceRows);
            slices.add(new HeldSlice(part.part(at % piece, length), at));
        }
        return slices;
    }

    /** Where an element of a rank's part, and as many after it as lie in one piece, are in the whole. */
    default Run inWhole(Shape whole, int ranks, int rank, long element) {
        if (this instanceof Rows rows) {
            // A logical part of the whole is one piece for each rank.
            long piece = whole.size() / (rows.logicalParts * (long) ranks);
            long within = element % piece;
            return new Run((element / piece * ranks + rank) * piece + within, piece - within);
        } else if (this instanceof Columns) {
            long columns = whole.get(1);
            long own = columns / ranks;
            long within = element % own;
            return new Run(element / own * columns + rank * own + within, own - within);
        }
        return new Run(element, whole.size() - element);
    }
}
