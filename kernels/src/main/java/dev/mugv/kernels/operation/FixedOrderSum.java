package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;

/**
 * Sums whose order is a function of the number of addends alone, so that every device and every run gives the same bits.
 *
 * <p>A sum to one number is taken in double. Each block of 1,024 addends is added by halves: e and e + 512, e and e + 256, ..., e and e + 1,
 * with 0 for what is behind the end. The same is done to the blocks' sums until one is left.
 *
 * <p>A sum of parts, element by element, is taken in fp32, neighbours first: ((0 + 1) + (2 + 3)) + ...; a part without a neighbour
 * goes on as it is. So the sum of 2^k parts is that of the sums of its halves, whoever made those.
 */
public interface FixedOrderSum {
    /** Writes the sum of all values. */
    void sum(Elements values, Elements out_1);

    /** Writes the sum of the squares of all values, each exact in double. */
    void sumOfSquares(Elements values, Elements out_1);

    /** Adds parts element by element. */
    void addParts(Parts parts, Elements out_N);

    /**
     * Parts of one length, one behind the other.
     *
     * @param values of all
     * @param count of parts
     */
    record Parts(Elements values, int count) {
        public Parts {
            Requirement.positive("parts", count);
            Requirement.format("parts", values, ElementFormat.FP32, ElementFormat.BF16);
            if (values.count() % count != 0) {
                throw new IllegalArgumentException(
                        "parts: expected %d of one length, found %d elements".formatted(count, values.count()));
            }
        }

        /** Elements of one part. */
        public long length() {
            return values.count() / count;
        }

        /** Requires the place of the sum: as long and of the same format. */
        public void requireOut(Elements out_N) {
            Requirement.of("sum of parts", out_N, length(), values.format());
        }
    }

    /** Requires what a sum reads and where it goes. */
    static void require(Elements values, Elements out_1) {
        Requirement.format("values", values, ElementFormat.FP32, ElementFormat.BF16);
        Requirement.of("sum", out_1, 1, ElementFormat.FP64);
    }
}
