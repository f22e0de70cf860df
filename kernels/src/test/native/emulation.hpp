// CUDA's words for g++, so that the kernels' own source runs on a processor: a fiber a thread of a block, one block after the
// other. A barrier, a shuffle, shared memory and atomics mean what they mean on a device; what is not emulated is the memory
// model between fibers that do not meet (they run one at a time), and everything that the kernels do not use.
//
// A fiber that leaves while others wait for it, or waits where others do not, is an error of the launch, as it should be: on a
// device it would hang or be undefined.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
#define __restrict__

namespace emulation {

struct Index {
  unsigned x, y, z;
};

// What a running kernel sees of its place.
extern Index thread_index, block_index, block_size, grid_size;
extern unsigned char* dynamic_memory;

void block_barrier();
// Gives every lane of the calling warp the word that the lane `from` gave.
uint64_t exchange(uint64_t word, unsigned from_lane_xor);

struct Kernel {
  std::string name;
  std::vector<size_t> sizes;
  std::vector<bool> pointers;
  void (*run)(void** arguments);
};

std::vector<Kernel>& kernels();

template <auto FUNCTION>
struct Entry;

template <typename... P, void (*FUNCTION)(P...)>
struct Entry<FUNCTION> {
  template <size_t... I>
  static void call(void** arguments, std::index_sequence<I...>) {
    FUNCTION(*static_cast<P*>(arguments[I])...);
  }
  static void run(void** arguments) { call(arguments, std::index_sequence_for<P...>()); }
  static bool add(const char* name) {
    kernels().push_back({name, {sizeof(P)...}, {std::is_pointer<P>::value...}, &run});
    return true;
  }
};

}  // namespace emulation

#define threadIdx emulation::thread_index
#define blockIdx emulation::block_index
#define blockDim emulation::block_size
#define gridDim emulation::grid_size
#define KERNEL(name) extern "C" void name
#define REGISTER(name) static const bool registered_##name = emulation::Entry<&name>::add(#name);
#define DYNAMIC_SHARED(type, name) type* name = reinterpret_cast<type*>(emulation::dynamic_memory)

inline void __syncthreads() { emulation::block_barrier(); }

template <typename T>
inline T __shfl_xor_sync(unsigned lanes, T value, int mask) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "registers are shuffled");
  union {
    uint64_t word;
    T value;
  } u = {0};
  u.value = value;
  u.word = emulation::exchange(u.word, static_cast<unsigned>(mask));
  return u.value;
}

template <typename T>
inline T atomicAdd(T* at, T value) {
  T before = *at;
  *at = before + value;
  return before;
}

inline int min(int a, int b) { return a < b ? a : b; }
