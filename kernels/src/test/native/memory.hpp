// The emulated device's memory: every allocation lies between pages that nobody may touch, freed memory is never given out
// again, and fresh memory is NaN in every type.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emulation {

// 0 when the device has no more.
uint64_t allocate(size_t bytes);

// False when nothing live begins there.
bool release(uint64_t address);

// Whether all of a range lies in one live allocation.
bool is_live(uint64_t address, size_t bytes);

// Whether an address is the device's at all, live or not.
bool is_device(uint64_t address);

size_t total_memory();
size_t free_memory();

}  // namespace emulation
