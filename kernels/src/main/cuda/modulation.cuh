// Per-token modulation: bias, modulation, gate and residual in one pass, and LayerNorm without affine with modulation.
//
// Activations are row-major, rows = samples * tokens. Every sample has two rows of modulation values, for noisy tokens and for
// clean ones (timestep 0), in this order; clean_R says with 1 that a token takes the second. S is the type of the residual
// stream, T that of what goes into and comes out of matrix products. Vectors and gradients of vectors are fp32; gradients of
// vectors are added to what is there.
#pragma once

#include "portable.cuh"

// Rows that one block of a backward pass sums before it writes a partial sum. Fixed: it decides the order of the sums.
constexpr int ROWS_OF_PARTIAL = 64;

// One block a row.
//
// out = residual + gate * ((branch + bias) * scale + shift), where a row of modulation holds (shift, scale, gate), each as wide as
// the row; with vectors = 1 it holds the gate alone, scale is 1 and shift is 0.
template <typename S, typename T>
__device__ __forceinline__ void gated_residual_forward(
    const T* branch_RD, const float* bias_D, const float* modulation, const uint8_t* clean_R, const S* residual_RD, S* out_RD,
    int tokens, int width, int stride, int vectors) {
  int64_t row = blockIdx.x;
  const float* own = modulation + (row / tokens * 2 + clean_R[row]) * stride;
  const float* gate = own + static_cast<int64_t>(vectors - 1) * width;
  bool whole = packed(branch_RD, width) && packed(bias_D, width) && packed(own, width) && packed(residual_RD, width) && packed(out_RD, width);
  int64_t start = row * width;
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    float a[PACK], b[PACK], g[PACK], r[PACK], scale[PACK], shift[PACK];
    int left = width - column;
    load(branch_RD + start + column, left, whole, a);
    load(bias_D + column, left, whole, b);
    load(gate + column, left, whole, g);
    load(residual_RD + start + column, left, whole, r);
    if (vectors == 3) {
      load(own + column, left, whole, shift);
      load(own + width + column, left, whole, scale);
    }
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      float u = a[i] + b[i];
      if (vectors == 3) u = u * scale[i] + shift[i];
      r[i] = r[i] + g[i] * u;
    }
    store(r, out_RD + start + column, left, whole);
  }
}

// Columns in x, partial sums of ROWS_OF_PARTIAL tokens in y, samples in z. Writes the gradient of the branch and, a partial
// sum, 1 + 2 * vectors rows: of the bias; of the noisy and then of the clean row of modulation, in its own layout.
template <typename S, typename T>
__device__ __forceinline__ void gated_residual_backward(
    const S* dout_RD, const T* branch_RD, const float* bias_D, const float* modulation, const uint8_t* clean_R, T* dbranch_RD,
    float* partials, int tokens, int width, int stride, int vectors) {
  int column = (blockIdx.x * blockDim.x + threadIdx.x) * PACK;
  if (column >= width) return;
  int left = width - column;
  bool whole = packed(dout_RD, width) && packed(branch_RD, width) && packed(bias_D, width) && packed(modulation, stride) && packed(modulation, width) && packed(dbranch_RD, width);
  float bias[PACK], sums[7][PACK];
  load(bias_D + column, left, whole, bias);
  for (int slot = 0; slot < 7; slot++)
    for (int i = 0; i < PACK; i++) sums[slot][i] = 0.0f;
  int first = blockIdx.y * ROWS_OF_PARTIAL;
  int last = min(first + ROWS_OF_PARTIAL, tokens);
  for (int token = first; token < last; token++) {
    int64_t row = static_cast<int64_t>(blockIdx.z) * tokens + token;
    int clean = clean_R[row];
    const float* own = modulation + (static_cast<int64_t>(blockIdx.z) * 2 + clean) * stride;
    float a[PACK], dy[PACK], gate[PACK], scale[PACK], shift[PACK];
    load(branch_RD + row * width + column, left, whole, a);
    load(dout_RD + row * width + column, left, whole, dy);
    load(own + static_cast<int64_t>(vectors - 1) * width + column, left, whole, gate);
    if (vectors == 3) {
      load(own + column, left, whole, shift);
      load(own + width + column, left, whole, scale);
    }
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      float x = a[i] + bias[i];
      float du = dy[i] * gate[i];
      float dx = du;
      float u = x;
      if (vectors == 3) {
        u = x * scale[i] + shift[i];
        dx = du * scale[i];
        if (clean) {
          sums[4][i] += du;
          sums[5][i] += du * x;
        } else {
          sums[1][i] += du;
          sums[2][i] += du * x;
        }
      }
      if (clean) sums[vectors == 3 ? 6 : 2][i] += dy[i] * u;
      else sums[vectors == 3 ? 3 : 1][i] += dy[i] * u;
      sums[0][i] += dx;
      a[i] = dx;
    }
    store(a, dbranch_RD + row * width + column, left, whole);
  }
  int slots = 1 + 2 * vectors;
  float* own = partials + ((static_cast<int64_t>(blockIdx.z) * gridDim.y + blockIdx.y) * slots) * width + column;
#pragma unroll
  for (int slot = 0; slot < 7; slot++) {
    if (slot < slots) store(sums[slot], own + static_cast<int64_t>(slot) * width, left, packed(partials, width));
  }
}

// One block a row, and a row's length of fp32 in shared memory, so that a row is read once.
//
// out = (x - mean) / sqrt(variance + epsilon) * scale + shift; a row of modulation begins with (shift, scale), and scale is what it is
// multiplied with (the 1 of 1 + scale is in it). Leaves mean and 1 / sqrt(variance + epsilon) of every row.
template <typename S, typename T>
__device__ __forceinline__ void layer_norm_forward(
    const S* x_RD, const float* modulation, const uint8_t* clean_R, T* out_RD, float* mean_R, float* rstd_R, int tokens, int width,
    int stride, float epsilon) {
  DYNAMIC_SHARED(float, kept);
  int64_t row = blockIdx.x;
  const float* shift_D = modulation + (row / tokens * 2 + clean_R[row]) * stride;
  const float* scale_D = shift_D + width;
  bool whole = packed(x_RD, width) && packed(shift_D, width) && packed(out_RD, width);
  const S* own = x_RD + row * width;
  float sum[1] = {0.0f};
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    float x[PACK];
    int left = width - column;
    load(own + column, left, whole, x);
    for (int i = 0; i < PACK && i < left; i++) kept[column + i] = x[i];
    sum[0] += (x[0] + x[1]) + (x[2] + x[3]);
  }
  block_sum(sum);
  float mean = sum[0] / width;
  // About the mean that was found, with what rounding left of it taken out (a corrected two-pass sum).
  float moments[2] = {0.0f, 0.0f};
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    for (int i = 0; i < PACK && i < width - column; i++) {
      float distance = kept[column + i] - mean;
      moments[0] += distance * distance;
      moments[1] += distance;
    }
  }
  block_sum(moments);
  float variance = (moments[0] - moments[1] * moments[1] / width) / width;
  mean = mean + moments[1] / width;
  float rstd = 1.0f / sqrtf(variance + epsilon);
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    float y[PACK], scale[PACK], shift[PACK];
    int left = width - column;
    load(shift_D + column, left, whole, shift);
    load(scale_D + column, left, whole, scale);
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      y[i] = i < left ? (kept[column + i] - mean) * rstd * scale[i] + shift[i] : 0.0f;
    }
    store(y, out_RD + row * width + column, left, whole);
  }
  if (threadIdx.x == 0) {
    mean_R[row] = mean;
    rstd_R[row] = rstd;
  }
}

// One block a row. The gradient is added to dx, which holds what came past the norm on the residual stream.
template <typename S, typename T>
__device__ __forceinline__ void layer_norm_backward(
    const T* dout_RD, const S* x_RD, const float* modulation, const uint8_t* clean_R, const float* mean_R, const float* rstd_R,
    S* dx_RD, int tokens, int width, int stride) {
  int64_t row = blockIdx.x;
  const float* scale_D = modulation + (row / tokens * 2 + clean_R[row]) * stride + width;
  bool whole = packed(dout_RD, width) && packed(x_RD, width) && packed(scale_D, width) && packed(dx_RD, width);
  float mean = mean_R[row], rstd = rstd_R[row];
  float sums[2] = {0.0f, 0.0f};
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    float dy[PACK], x[PACK], scale[PACK];
    int left = width - column;
    load(dout_RD + row * width + column, left, whole, dy);
    load(x_RD + row * width + column, left, whole, x);
    load(scale_D + column, left, whole, scale);
    for (int i = 0; i < PACK && i < left; i++) {
      float g = dy[i] * scale[i];
      sums[0] += g;
      sums[1] += g * ((x[i] - mean) * rstd);
    }
  }
  block_sum(sums);
  float along_ones = sums[0] / width, along_x = sums[1] / width;
  for (int column = threadIdx.x * PACK; column < width; column += blockDim.x * PACK) {
    float dy[PACK], x[PACK], scale[PACK], dx[PACK];
    int left = width - column;
    load(dout_RD + row * width + column, left, whole, dy);
    load(x_RD + row * width + column, left, whole, x);
    load(scale_D + column, left, whole, scale);
    load(dx_RD + row * width + column, left, whole, dx);
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      float unit = (x[i] - mean) * rstd;
      dx[i] = dx[i] + rstd * (dy[i] * scale[i] - along_ones - unit * along_x);
    }
    store(dx, dx_RD + row * width + column, left, whole);
  }
}

// Columns in x, partial sums in y, samples in z; a partial sum has the rows (shift, scale) of noisy and then of clean tokens.
template <typename S, typename T>
__device__ __forceinline__ void layer_norm_modulation_backward(
    const T* dout_RD, const S* x_RD, const uint8_t* clean_R, const float* mean_R, const float* rstd_R, float* partials, int tokens,
    int width) {
  int column = (blockIdx.x * blockDim.x + threadIdx.x) * PACK;
  if (column >= width) return;
  int left = width - column;
  bool whole = packed(dout_RD, width) && packed(x_RD, width);
  float sums[4][PACK];
  for (int slot = 0; slot < 4; slot++)
    for (int i = 0; i < PACK; i++) sums[slot][i] = 0.0f;
  int first = blockIdx.y * ROWS_OF_PARTIAL;
  int last = min(first + ROWS_OF_PARTIAL, tokens);
  for (int token = first; token < last; token++) {
    int64_t row = static_cast<int64_t>(blockIdx.z) * tokens + token;
    bool clean = clean_R[row] != 0;
    float mean = mean_R[row], rstd = rstd_R[row];
    float dy[PACK], x[PACK];
    load(dout_RD + row * width + column, left, whole, dy);
    load(x_RD + row * width + column, left, whole, x);
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      float along = dy[i] * ((x[i] - mean) * rstd);
      if (clean) {
        sums[2][i] += dy[i];
        sums[3][i] += along;
      } else {
        sums[0][i] += dy[i];
        sums[1][i] += along;
      }
    }
  }
  float* own = partials + ((static_cast<int64_t>(blockIdx.z) * gridDim.y + blockIdx.y) * 4) * width + column;
#pragma unroll
  for (int slot = 0; slot < 4; slot++) store(sums[slot], own + static_cast<int64_t>(slot) * width, left, packed(partials, width));
}
