package dev.mugv.kernels.operation;

import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import java.util.Optional;

/**
 * AdamW over a flat bucket in one pass, with what would otherwise read it again: rounding to bf16, the moving average of the
 * weights, sums of squares. Every operation of it is exact or correctly rounded and in a fixed order, so all devices give the same bits.
 */
public interface BucketOptimizer {
    void update(Bucket bucket, Update update);

    /**
     * A flat bucket, updated in place.
     *
     * @param parameter fp32, or bf16: then it is rounded stochastically, and nothing else keeps its lower bits
     * @param gradient fp32, or bf16; bf16 where the parameter is
     * @param moments as long as the parameter
     * @param derived what is made of the parameter in the same pass
     */
    record Bucket(Elements parameter, Elements gradient, Moments moments, Derived derived) {
        public Bucket {
            long count = parameter.count();
            Requirement.of("parameter", parameter, count, ElementFormat.FP32, ElementFormat.BF16);
            if (parameter.format() == ElementFormat.FP32) {
                Requirement.of("gradient", gradient, count, ElementFormat.FP32, ElementFormat.BF16);
            } else {
                Requirement.of("gradient", gradient, count, ElementFormat.BF16);
            }
            Requirement.of("first moment", moments.first(), count, ElementFormat.FP32);
            Requirement.of("second moment", moments.second(), count, ElementFormat.FP32);
            derived.average().ifPresent(average -> Requirement.of("average", average, count, ElementFormat.FP32));
            derived.copy().ifPresent(copy -> {
                Requirement.of("copy", copy, count, ElementFormat.BF16);
                Requirement.format("parameter that has a copy", parameter, ElementFormat.FP32);
            });
            Requirement.of("squares", derived.squares_2(), 2, ElementFormat.FP64);
        }
    }

    /** Adam's moments, fp32. */
    record Moments(Elements first, Elements second) {}

    /**
     * What is made of the parameter.
     *
     * @param average moving average of the parameter as it is stored, fp32
     * @param copy of an fp32 parameter, in bf16, rounded stochastically
     * @param squares_2 sums of squares of the unscaled gradient and of the stored parameter, fp64, in the order of {@link FixedOrderSum};
     *     written. Their roots are the bucket's share of the global norms.
     */
    record Derived(Optional<Elements> average, Optional<Elements> copy, Elements squares_2) {}

    /**
     * One update.
     *
     * @param coefficients of AdamW
     * @param averageDecay what the moving average keeps of itself, in [0, 1)
     * @param rounding the stream of the random bits, of this update and bucket
     * @param firstIndex of the bucket's first element in what the stream counts: shards of a bucket round as the whole would
     */
    record Update(AdamW.Coefficients coefficients, double averageDecay, CounterNoise rounding, long firstIndex) {
        public Update {
            if (!(averageDecay >= 0 && averageDecay < 1) || firstIndex < 0) {
                throw new IllegalArgumentException(
                        "expected an average's decay in [0, 1) and an index from 0, found %s and %d"
                                .formatted(averageDecay, firstIndex));
            }
        }

        public float averageKeep() {
            return (float) averageDecay;
        }

        public float averageGain() {
            return (float) (1 - averageDecay);
        }
    }
}
