package dev.mugv.model.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.mugv.model.averaging.PowerProfile;

/** An average of the weights after every update of a stage, told by how much each update counts. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = WeightAverage.Exponential.class, name = "exponential"),
    @JsonSubTypes.Type(value = WeightAverage.Power.class, name = "power")
})
public sealed interface WeightAverage permits WeightAverage.Exponential, WeightAverage.Power {
    /** Short and unique among a stage's averages; part of names of files and tensors. */
    String label();

    /**
     * How much the weights count in the average, which keeps the rest of itself.
     *
     * @param update after which it is brought up to date, a multiple of {@code every}
     * @param every updates between two times
     */
    double share(long update, int every);

    /**
     * The weights as they were before the stage count decay^t after update t.
     *
     * @param decay from one update to the next
     */
    record Exponential(double decay) implements WeightAverage {
        @Override
        public String label() {
            return "ema-" + decay;
        }

        @Override
        public double share(long update, int every) {
            return -Math.expm1(every * Math.log(decay));
        }
    }

    /**
     * A power function of the update; the weights as they were before the stage count for nothing.
     *
     * @param length relative to the stage's
     */
    record Power(double length) implements WeightAverage {
        /** As numbers. */
        public PowerProfile profile() {
            return new PowerProfile(length);
        }

        @Override
        public String label() {
            return "power-" + length;
        }

        @Override
        public double share(long update, int every) {
            return profile().share(update, every);
        }
    }
}
