// Sums whose order is a function of the number of addends alone.
#pragma once

#include "portable.cuh"

// Addends of one block, of which every thread has PACK neighbours. They are added by halves: e and e + 512, e and e + 256, ... e and
// e + 1; what is behind the end is 0. Of the blocks' sums the same is done again until one is left.
// dev.mugv.kernels.reference.FixedOrder does it in Java.
constexpr int SUM_LANES = 256;
constexpr int SUM_BLOCK = SUM_LANES * PACK;

// The sum, in thread 0. lanes holds SUM_BLOCK numbers of the block.
__device__ __forceinline__ double halved(const double (&values)[PACK], double* lanes) {
#pragma unroll
  for (int i = 0; i < PACK; i++) lanes[i * SUM_LANES + threadIdx.x] = values[i];
  __syncthreads();
  for (unsigned half = SUM_LANES / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
#pragma unroll
      for (int i = 0; i < PACK; i++) {
        unsigned at = i * SUM_LANES + threadIdx.x;
        lanes[at] = lanes[at] + lanes[at + half];
      }
    }
    __syncthreads();
  }
  double sum = (lanes[0] + lanes[2 * SUM_LANES]) + (lanes[SUM_LANES] + lanes[3 * SUM_LANES]);
  __syncthreads();
  return sum;
}

template <typename T, bool SQUARED>
__device__ __forceinline__ void sum_values(const T* values, double* partials, int64_t count) {
  __shared__ double lanes[SUM_BLOCK];
  int64_t first = static_cast<int64_t>(blockIdx.x) * SUM_BLOCK + threadIdx.x * PACK;
  float x[PACK];
  load(values + first, count - first, packed(values, PACK) && count - first >= PACK, x);
  double addends[PACK];
#pragma unroll
  for (int i = 0; i < PACK; i++) addends[i] = SQUARED ? static_cast<double>(x[i]) * x[i] : static_cast<double>(x[i]);
  double sum = halved(addends, lanes);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}

// The same over doubles: column y of the partial sums, of which a row has so many.
__device__ __forceinline__ void sum_of_partials(const double* partials, double* out, int64_t count, int columns) {
  __shared__ double lanes[SUM_BLOCK];
  int64_t first = static_cast<int64_t>(blockIdx.x) * SUM_BLOCK + threadIdx.x * PACK;
  double addends[PACK];
#pragma unroll
  for (int i = 0; i < PACK; i++) addends[i] = first + i < count ? partials[(first + i) * columns + blockIdx.y] : 0.0;
  double sum = halved(addends, lanes);
  if (threadIdx.x == 0) out[static_cast<int64_t>(blockIdx.x) * columns + blockIdx.y] = sum;
}

// Element by element over parts that lie part_stride apart, in fp32: neighbours first, ((0 + 1) + (2 + 3)) + ..., a part
// without a neighbour goes on as it is. So a sum of 8 parts is that of the sums of the two halves, whoever made these.
constexpr int SUM_DEPTH = 32;

template <typename T>
__device__ __forceinline__ void sum_parts(const T* parts, T* out, int64_t count, int number, int64_t part_stride) {
  int64_t first = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * PACK;
  if (first >= count) return;
  int64_t left = count - first;
  bool whole = packed(parts, PACK) && packed(parts, part_stride) && packed(out, PACK) && left >= PACK;
  float open[SUM_DEPTH][PACK];
  int depth = 0;
  for (int part = 0; part < number; part++) {
    float x[PACK];
    load(parts + part * part_stride + first, left, whole, x);
    // As often as the number of parts so far can be halved, a pair is complete.
    for (int done = part + 1; done % 2 == 0; done /= 2) {
      depth--;
      for (int i = 0; i < PACK; i++) x[i] = open[depth][i] + x[i];
    }
    for (int i = 0; i < PACK; i++) open[depth][i] = x[i];
    depth++;
  }
  float sum[PACK];
  for (int i = 0; i < PACK; i++) sum[i] = open[depth - 1][i];
  for (int level = depth - 2; level >= 0; level--)
    for (int i = 0; i < PACK; i++) sum[i] = open[level][i] + sum[i];
  store(sum, out + first, left, whole);
}

// Adds partial sums of columns to gradients, in their order, in double. partials is [groups, chunks, slots, width]; slot s of group
// g goes to out + g * group_stride + (s / vectors) * row_stride + (s % vectors) * width. Columns in x, slots in y, groups in z.
__device__ __forceinline__ void add_to_columns(
    const float* partials, float* out, int chunks, int slots, int first_slot, int width, int vectors, int64_t row_stride,
    int64_t group_stride) {
  int column = blockIdx.x * blockDim.x + threadIdx.x;
  if (column >= width) return;
  int slot = blockIdx.y, group = blockIdx.z;
  double sum = 0.0;
  for (int chunk = 0; chunk < chunks; chunk++)
    sum += partials[((static_cast<int64_t>(group) * chunks + chunk) * slots + first_slot + slot) * width + column];
  float* own = out + group * group_stride + slot / vectors * row_stride + static_cast<int64_t>(slot % vectors) * width + column;
  *own = static_cast<float>(*own + sum);
}
