/**
 * Golden files: numbers that the published model computed, and what this model computes from the same inputs. They are an oracle
 * from outside: a comparison proves that both are the same function.
 *
 * <p>Knows the model's nets and the sampler; neither training nor work. Start at {@link dev.mugv.model.golden.GoldenFolder}.
 */
@NullMarked
package dev.mugv.model.golden;

import org.jspecify.annotations.NullMarked;
