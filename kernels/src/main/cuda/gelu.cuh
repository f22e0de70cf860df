// GELU with a bias, by its tanh approximation: 0.5 x (1 + tanh(u)) with u = sqrt(2 / pi) (x + 0.044715 x^3), which is x / (1 +
// exp(-2 u)). In the second form nothing cancels for negative x.
#pragma once

#include "modulation.cuh"

constexpr float GELU_INNER = 0.7978845608028654f;
constexpr float GELU_CUBE = 0.044715f;

__device__ __forceinline__ float gelu_exponential(float x) {
  float u = GELU_INNER * (x + GELU_CUBE * x * x * x);
  return expf(-2.0f * u);
}

// One block a row.
template <typename T>
__device__ __forceinline__ void gelu_forward(const T* x_RI, const float* bias_I, T* out_RI, int width) {
  int64_t start = static_cast<int64_t>(blockIdx.x) * width;
  bool whole = packed(x_RI, width) && packed(bias_I, width) && packed(out_RI, width);
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    float x[PACK], bias[PACK];
    int left = width - column;
    load(x_RI + start + column, left, whole, x);
    load(bias_I + column, left, whole, bias);
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      float value = x[i] + bias[i];
      x[i] = value / (1.0f + gelu_exponential(value));
    }
    store(x, out_RI + start + column, left, whole);
  }
}

// Columns in x, partial sums of ROWS_OF_PARTIAL rows in y: partials_YI of the bias's gradient.
template <typename T>
__device__ __forceinline__ void gelu_backward(
    const T* dout_RI, const T* x_RI, const float* bias_I, T* dx_RI, float* partials, int64_t rows, int width) {
  int column = (blockIdx.x * blockDim.x + threadIdx.x) * PACK;
  if (column >= width) return;
  int left = width - column;
  bool whole = packed(dout_RI, width) && packed(x_RI, width) && packed(bias_I, width) && packed(dx_RI, width);
  float bias[PACK], sums[PACK] = {};
  load(bias_I + column, left, whole, bias);
  int64_t first = static_cast<int64_t>(blockIdx.y) * ROWS_OF_PARTIAL;
  int64_t last = first + ROWS_OF_PARTIAL < rows ? first + ROWS_OF_PARTIAL : rows;
  for (int64_t row = first; row < last; row++) {
    float dy[PACK], x[PACK];
    load(dout_RI + row * width + column, left, whole, dy);
    load(x_RI + row * width + column, left, whole, x);
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      float value = x[i] + bias[i];
      float exponential = gelu_exponential(value);
      float share = 1.0f / (1.0f + exponential);
      float slope = 2.0f * GELU_INNER * (1.0f + 3.0f * GELU_CUBE * value * value);
      // 1 - share is share * exponential, without cancelling. Far out the share is 0 or the exponential is, and what they are
      // multiplied with may be infinite: the derivative there is the share.
      float bend = share == 0.0f ? 0.0f : share * (share * exponential);
      float dx = dy[i] * (bend == 0.0f ? share : share + value * bend * slope);
      sums[i] += dx;
      x[i] = dx;
    }
    store(x, dx_RI + row * width + column, left, whole);
  }
  store(sums, partials + static_cast<int64_t>(blockIdx.y) * width + column, left, packed(partials, width));
}
