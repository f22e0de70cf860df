#pragma once

#include "emulation.hpp"

namespace emulation {

// Runs every block of a grid; false when threads of a block wait for each other in vain. Not reentrant.
bool run_grid(const Kernel& kernel, Index grid, Index block, size_t dynamic_bytes, void** arguments);

// After a launch was left in its middle (a fault): fibers begin anew.
void forget_fibers();

}  // namespace emulation
