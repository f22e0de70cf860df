// What every kernel of this folder is written with. nvcc makes cubins and PTX of kernels.cu; g++ makes the emulation of the same
// file, with emulation.hpp (src/test/native) in the place of CUDA's own words.
//
// Numbers: no product is contracted into a multiply-add (--fmad=false, -ffp-contract=off), and division and square root are
// IEEE's, so that whatever has no transcendental function in it has the same bits here, in the emulation and in Java. All
// kernels but the optimizer's are bound by memory, where the contraction would gain nothing.
//
// Order of sums is fixed by the shapes alone, never by the device: no sum of floating-point numbers is an atomic one.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define KERNEL(name) extern "C" __global__ void name
#define REGISTER(name)
#define DYNAMIC_SHARED(type, name) extern __shared__ __align__(16) unsigned char dynamic_shared[]; type* name = reinterpret_cast<type*>(dynamic_shared)
#else
#include "emulation.hpp"
#endif

// Elements that a thread takes at a time: 16 bytes of fp32, 8 of bf16.
constexpr int PACK = 4;
constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xFFFFFFFFu;

// bf16 is the upper half of an fp32 number. Conversions are spelled out in integers to be the same everywhere.
struct bf16 {
  uint16_t bits;
};

__device__ __forceinline__ float bits_to_float(uint32_t bits) {
  union { uint32_t bits; float value; } u;
  u.bits = bits;
  return u.value;
}

__device__ __forceinline__ uint32_t float_to_bits(float value) {
  union { float value; uint32_t bits; } u;
  u.value = value;
  return u.bits;
}

__device__ __forceinline__ float widen(float value) { return value; }
__device__ __forceinline__ float widen(bf16 value) { return bits_to_float(static_cast<uint32_t>(value.bits) << 16); }

// To nearest, ties to even; a NaN stays one.
__device__ __forceinline__ void narrow(float value, float& out) { out = value; }
__device__ __forceinline__ void narrow(float value, bf16& out) {
  uint32_t bits = float_to_bits(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) {
    out.bits = static_cast<uint16_t>((bits >> 16) | 0x40u);
  } else {
    out.bits = static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
  }
}

template <typename T>
struct alignas(PACK * sizeof(T)) Pack {
  T at[PACK];
};

// Whether packs of a row-major array of this width lie on their own boundaries, so that they can be loaded as one.
template <typename T>
__device__ __forceinline__ bool packed(const T* values, int64_t width) {
  return width % PACK == 0 && reinterpret_cast<uintptr_t>(values) % sizeof(Pack<T>) == 0;
}

// Up to PACK elements from a place on; what is behind the end is 0.
template <typename T>
__device__ __forceinline__ void load(const T* values, int64_t count, bool whole, float (&out)[PACK]) {
  if (whole) {
    Pack<T> pack = *reinterpret_cast<const Pack<T>*>(values);
#pragma unroll
    for (int i = 0; i < PACK; i++) out[i] = widen(pack.at[i]);
  } else {
#pragma unroll
    for (int i = 0; i < PACK; i++) out[i] = i < count ? widen(values[i]) : 0.0f;
  }
}

template <typename T>
__device__ __forceinline__ void store(const float (&values)[PACK], T* out, int64_t count, bool whole) {
  if (whole) {
    Pack<T> pack;
#pragma unroll
    for (int i = 0; i < PACK; i++) narrow(values[i], pack.at[i]);
    *reinterpret_cast<Pack<T>*>(out) = pack;
  } else {
#pragma unroll
    for (int i = 0; i < PACK; i++) {
      if (i < count) narrow(values[i], out[i]);
    }
  }
}

// Sum over a warp, the same in every lane: a butterfly, so its order is fixed.
__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
  for (int lanes = WARP / 2; lanes > 0; lanes /= 2) value += __shfl_xor_sync(ALL_LANES, value, lanes);
  return value;
}

// Sums over a block of whole warps, the same in every thread: first in warps, then over warps in their order.
template <int COUNT>
__device__ __forceinline__ void block_sum(float (&values)[COUNT]) {
  __shared__ float of_warp[COUNT][WARP];
  int warps = blockDim.x / WARP;
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
    float sum = warp_sum(values[i]);
    if (threadIdx.x % WARP == 0) of_warp[i][threadIdx.x / WARP] = sum;
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
    float sum = 0.0f;
    for (int warp = 0; warp < warps; warp++) sum += of_warp[i][warp];
    values[i] = sum;
  }
  __syncthreads();
}

// Philox4x32-10 (Salmon et al., SC 2011): the words of dev.mugv.kernels.Philox.
__device__ __forceinline__ void philox(uint64_t counter_low, uint64_t counter_high, uint64_t key, uint32_t (&words)[4]) {
  uint32_t c0 = static_cast<uint32_t>(counter_low), c1 = static_cast<uint32_t>(counter_low >> 32);
  uint32_t c2 = static_cast<uint32_t>(counter_high), c3 = static_cast<uint32_t>(counter_high >> 32);
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = static_cast<uint64_t>(0xD2511F53u) * c0;
    uint64_t product1 = static_cast<uint64_t>(0xCD9E8D57u) * c2;
    c0 = static_cast<uint32_t>(product1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(product1);
    c2 = static_cast<uint32_t>(product0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(product0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}
