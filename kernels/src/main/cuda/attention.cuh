// RMSNorm of queries and keys with a weight over the width of a head, and the rotation of their pairs by three axes.
//
// qkv_R3NK holds (query, key, value) of every token and head. A head's pairs are adjacent elements; the first third of them is
// turned by a token's first position, the second by its second, the last by its third. angles_P2 holds a (cosine, sine) for every
// position and every pair of a third.
#pragma once

#include "portable.cuh"

// Rows that one block sums the gradient of the weights over.
constexpr int HEAD_ROWS_OF_PARTIAL = 64;
constexpr int HEAD_WARPS = 4;
// Pairs that a lane takes: heads are up to 128 wide.
constexpr int LANE_PAIRS = 2;

struct Turn {
  float cosine;
  float sine;
};

__device__ __forceinline__ Turn turn(const float* angles, const int32_t* position, int pair, int third) {
  const float* at = angles + (static_cast<int64_t>(position[pair / third]) * third + pair % third) * 2;
  return {at[0], at[1]};
}

// A warp a head of a row; queries in y = 0, keys in y = 1. out_JBNTK, rstd_JRN.
template <typename T>
__device__ __forceinline__ void norm_rotate_forward(
    const T* qkv_R3NK, const float* weight_JK, const int32_t* position_R3, const float* angles, T* out_JBNTK, float* rstd_JRN,
    int64_t rows, int tokens, int heads, int width, float epsilon) {
  int64_t item = static_cast<int64_t>(blockIdx.x) * HEAD_WARPS + threadIdx.x / WARP;
  int lane = threadIdx.x % WARP;
  bool idle = item >= rows * heads;
  if (idle) item = 0;
  int64_t row = item / heads;
  int head = static_cast<int>(item % heads), j = blockIdx.y;
  const T* own = qkv_R3NK + ((row * 3 + j) * heads + head) * width;
  int pairs = width / 2;
  float x[LANE_PAIRS][2], sum = 0.0f;
#pragma unroll
  for (int i = 0; i < LANE_PAIRS; i++) {
    int pair = lane + i * WARP;
    x[i][0] = pair < pairs ? widen(own[2 * pair]) : 0.0f;
    x[i][1] = pair < pairs ? widen(own[2 * pair + 1]) : 0.0f;
    sum += x[i][0] * x[i][0] + x[i][1] * x[i][1];
  }
  sum = warp_sum(sum);
  if (idle) return;
  float rstd = 1.0f / sqrtf(sum / width + epsilon);
  int64_t sample = row / tokens, token = row % tokens;
  T* out = out_JBNTK + (((j * (rows / tokens) + sample) * heads + head) * tokens + token) * width;
#pragma unroll
  for (int i = 0; i < LANE_PAIRS; i++) {
    int pair = lane + i * WARP;
    if (pair < pairs) {
      Turn by = turn(angles, position_R3 + row * 3, pair, pairs / 3);
      float even = x[i][0] * rstd * weight_JK[j * width + 2 * pair];
      float odd = x[i][1] * rstd * weight_JK[j * width + 2 * pair + 1];
      narrow(even * by.cosine - odd * by.sine, out[2 * pair]);
      narrow(even * by.sine + odd * by.cosine, out[2 * pair + 1]);
    }
  }
  if (lane == 0) rstd_JRN[(j * rows + row) * heads + head] = rstd;
}

// Blocks of HEAD_ROWS_OF_PARTIAL rows in x, queries and keys in y. Writes the parts of queries and keys of dqkv, and partial
// sums of the weights' gradient, partials_XJK.
template <typename T>
__device__ __forceinline__ void norm_rotate_backward(
    const T* dout_JBNTK, const T* qkv_R3NK, const float* weight_JK, const int32_t* position_R3, const float* angles,
    const float* rstd_JRN, T* dqkv_R3NK, float* partials, int64_t rows, int tokens, int heads, int width) {
  __shared__ float of_warp[HEAD_WARPS][LANE_PAIRS * WARP * 2];
  int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, j = blockIdx.y, pairs = width / 2;
  int64_t first = static_cast<int64_t>(blockIdx.x) * HEAD_ROWS_OF_PARTIAL * heads;
  int64_t last = first + static_cast<int64_t>(HEAD_ROWS_OF_PARTIAL) * heads;
  if (last > rows * heads) last = rows * heads;
  float dweight[LANE_PAIRS][2] = {};
  for (int64_t item = first + warp; item < last; item += HEAD_WARPS) {
    int64_t row = item / heads;
    int head = static_cast<int>(item % heads);
    int64_t sample = row / tokens, token = row % tokens;
    const T* dout = dout_JBNTK + (((j * (rows / tokens) + sample) * heads + head) * tokens + token) * width;
    int64_t place = ((row * 3 + j) * heads + head) * width;
    float rstd = rstd_JRN[(j * rows + row) * heads + head];
    float unit[LANE_PAIRS][2], du[LANE_PAIRS][2], along = 0.0f;
#pragma unroll
    for (int i = 0; i < LANE_PAIRS; i++) {
      int pair = lane + i * WARP;
      du[i][0] = du[i][1] = unit[i][0] = unit[i][1] = 0.0f;
      if (pair < pairs) {
        Turn by = turn(angles, position_R3 + row * 3, pair, pairs / 3);
        float even = widen(dout[2 * pair]), odd = widen(dout[2 * pair + 1]);
        float back[2] = {even * by.cosine + odd * by.sine, odd * by.cosine - even * by.sine};
#pragma unroll
        for (int k = 0; k < 2; k++) {
          unit[i][k] = widen(qkv_R3NK[place + 2 * pair + k]) * rstd;
          dweight[i][k] += back[k] * unit[i][k];
          du[i][k] = back[k] * weight_JK[j * width + 2 * pair + k];
          along += du[i][k] * unit[i][k];
        }
      }
    }
    along = warp_sum(along) / width;
#pragma unroll
    for (int i = 0; i < LANE_PAIRS; i++) {
      int pair = lane + i * WARP;
      if (pair < pairs) {
        narrow(rstd * (du[i][0] - unit[i][0] * along), dqkv_R3NK[place + 2 * pair]);
        narrow(rstd * (du[i][1] - unit[i][1] * along), dqkv_R3NK[place + 2 * pair + 1]);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < LANE_PAIRS; i++) {
    of_warp[warp][2 * (lane + i * WARP)] = dweight[i][0];
    of_warp[warp][2 * (lane + i * WARP) + 1] = dweight[i][1];
  }
  __syncthreads();
  for (int k = threadIdx.x; k < width; k += blockDim.x) {
    float sum = 0.0f;
    for (int w = 0; w < HEAD_WARPS; w++) sum += of_warp[w][k];
    partials[(static_cast<int64_t>(blockIdx.x) * 2 + j) * width + k] = sum;
  }
}
