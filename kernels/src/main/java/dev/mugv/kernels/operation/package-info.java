/**
 * Ports of the numeric operations: what each computes, forward and back, over elements in the memory of one device.
 *
 * <p>Axes: {@code R} rows, the tokens of all samples one behind the other; {@code D} the model's width; {@code J} queries and keys;
 * {@code N} heads; {@code K} a head's width; {@code B} samples; {@code T} tokens of one; {@code I} the width of the MLP; {@code P} places of a
 * frame. Activations are fp32 or bf16; biases, modulation, weights of norms and all gradients of these are fp32, and such gradients
 * are added to what is there. Everything is checked when a call is described, so an implementation only computes.
 *
 * <p>Must not know an implementation. Start at {@link dev.mugv.kernels.operation.KernelDevice}.
 */
@NullMarked
package dev.mugv.kernels.operation;

import org.jspecify.annotations.NullMarked;
