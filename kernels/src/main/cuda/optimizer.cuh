// AdamW over a flat bucket, with everything that would otherwise read it again: bf16 stochastic rounding, the moving average of
// the weights and the sums of squares, in one pass.
#pragma once

#include "reduction.cuh"

// All that does not depend on the element; the names of dev.mugv.kernels.AdamW. In this order in Java, too.
struct AdamWCoefficients {
  float gradient_scale, beta1, gain1, beta2, gain2, keep, step_size, second_scale, epsilon, average_keep, average_gain;
};

// Adds 16 random bits below those that bf16 keeps, and cuts: up with the probability of what is cut off. What is not finite, or
// would become so, is rounded to nearest.
__device__ __forceinline__ bf16 stochastic(float value, uint32_t random16) {
  uint32_t bits = float_to_bits(value);
  bf16 out;
  if ((bits & 0x7FFFFFFFu) >= 0x7F7F0000u) {
    narrow(value, out);
  } else {
    out.bits = static_cast<uint16_t>((bits + random16) >> 16);
  }
  return out;
}

// Element i of the whole tensor or bucket takes half-word i % 8 of Philox block i / 8; base is the index of element 0, so that a
// shard rounds as the whole would.
__device__ __forceinline__ void random_halves(int64_t index, uint64_t stream, uint64_t key, uint32_t (&halves)[PACK]) {
  uint32_t words[4] = {};
  int64_t block = -1;
  for (int i = 0; i < PACK; i++) {
    int64_t at = index + i;
    if (at / 8 != block) {
      block = at / 8;
      philox(static_cast<uint64_t>(block), stream, key, words);
    }
    int half = static_cast<int>(at % 8);
    uint32_t word = half < 4 ? (half < 2 ? words[0] : words[1]) : (half < 6 ? words[2] : words[3]);
    halves[i] = half % 2 == 0 ? word & 0xFFFFu : word >> 16;
  }
}

__device__ __forceinline__ void keep_rounded(const float (&values)[PACK], const uint32_t (&)[PACK], float* out, int64_t left, bool whole) {
  store(values, out, left, whole);
}

__device__ __forceinline__ void keep_rounded(const float (&values)[PACK], const uint32_t (&halves)[PACK], bf16* out, int64_t left, bool whole) {
  if (whole) {
    Pack<bf16> pack;
    for (int i = 0; i < PACK; i++) pack.at[i] = stochastic(values[i], halves[i]);
    *reinterpret_cast<Pack<bf16>*>(out) = pack;
  } else {
    for (int i = 0; i < PACK && i < left; i++) out[i] = stochastic(values[i], halves[i]);
  }
}

// P is the parameter's type: fp32 (then copy, where it is not null, receives it in bf16, rounded stochastically) or bf16 (then the
// parameter itself is rounded so). G is the gradient's. average, where it is not null, is the moving average of the parameter as it is stored.
// partials_X2 receives sums of squares of the unscaled gradient and of the stored parameter, in the order of reduction.cuh.
template <typename P, typename G>
__device__ __forceinline__ void adamw(
    P* parameter, const G* gradient, float* first, float* second, float* average, bf16* copy, double* partials,
    const AdamWCoefficients& c, int64_t count, int64_t base, uint64_t key, uint64_t stream) {
  __shared__ double lanes[SUM_BLOCK];
  int64_t at = static_cast<int64_t>(blockIdx.x) * SUM_BLOCK + threadIdx.x * PACK;
  int64_t left = count - at;
  bool whole = left >= PACK && packed(parameter, PACK) && packed(gradient, PACK) && packed(first, PACK) && packed(second, PACK)
      && packed(average, PACK) && packed(copy, PACK);
  double squares[2][PACK] = {};
  if (left > 0) {
    float p[PACK], g[PACK], m[PACK], v[PACK];
    uint32_t halves[PACK];
    load(parameter + at, left, whole, p);
    load(gradient + at, left, whole, g);
    load(first + at, left, whole, m);
    load(second + at, left, whole, v);
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      squares[0][i] = static_cast<double>(g[i]) * g[i];
      float scaled = g[i] * c.gradient_scale;
      m[i] = c.beta1 * m[i] + c.gain1 * scaled;
      v[i] = c.beta2 * v[i] + c.gain2 * scaled * scaled;
      p[i] = p[i] * c.keep - c.step_size * m[i] / (sqrtf(v[i]) * c.second_scale + c.epsilon);
    }
    if (sizeof(P) == sizeof(bf16) || copy != nullptr) random_halves(base + at, stream, key, halves);
    store(m, first + at, left, whole);
    store(v, second + at, left, whole);
    keep_rounded(p, halves, parameter + at, left, whole);
    if (copy != nullptr) keep_rounded(p, halves, copy + at, left, whole);
    float kept[PACK];
    load(parameter + at, left, whole, kept);
#pragma unroll
    for (int i = 0; i < PACK; i++) squares[1][i] = i < left ? static_cast<double>(kept[i]) * kept[i] : 0.0;
    if (average != nullptr) {
      float a[PACK];
      load(average + at, left, whole, a);
#pragma unroll
      for (int i = 0; i < PACK; i++) a[i] = c.average_keep * a[i] + c.average_gain * kept[i];
      store(a, average + at, left, whole);
    }
  }
  double of_gradient = halved(squares[0], lanes);
  double of_parameter = halved(squares[1], lanes);
  if (threadIdx.x == 0) {
    partials[static_cast<int64_t>(blockIdx.x) * 2] = of_gradient;
    partials[static_cast<int64_t>(blockIdx.x) * 2 + 1] = of_parameter;
  }
}
