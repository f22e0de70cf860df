// Hash of a tensor's values that any cut of it into parts gives alike (dev.mugv.kernels.TensorHash says what it is).
#pragma once

#include "portable.cuh"

// Parts are rows of columns elements; element (r, c) has the index offset + r * row_stride + c in the whole tensor. The sums
// over elements are taken modulo 2^64, where order does not matter, so atomics are exact.
template <typename T>
__device__ __forceinline__ void hash_values(
    const T* values, uint64_t* sums, int64_t rows, int64_t columns, int64_t row_stride, int64_t offset, uint64_t key) {
  uint64_t high = 0, low = 0;
  int64_t count = rows * columns;
  int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; at < count; at += step) {
    uint32_t words[4];
    int64_t index = offset + at / columns * row_stride + at % columns;
    philox(static_cast<uint64_t>(index), float_to_bits(widen(values[at])), key, words);
    high += static_cast<uint64_t>(words[0]) << 32 | words[1];
    low += static_cast<uint64_t>(words[2]) << 32 | words[3];
  }
#pragma unroll
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
    high += __shfl_xor_sync(ALL_LANES, static_cast<unsigned long long>(high), lanes);
    low += __shfl_xor_sync(ALL_LANES, static_cast<unsigned long long>(low), lanes);
  }
  if (threadIdx.x % WARP == 0) {
    atomicAdd(reinterpret_cast<unsigned long long*>(sums), static_cast<unsigned long long>(high));
    atomicAdd(reinterpret_cast<unsigned long long*>(sums) + 1, static_cast<unsigned long long>(low));
  }
}
