// Blocks of fibers: see emulation.hpp.
#include "fibers.hpp"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstring>
#include <memory>

namespace emulation {

Index thread_index, block_index, block_size, grid_size;
unsigned char* dynamic_memory;

std::vector<Kernel>& kernels() {
  static std::vector<Kernel> all;
  return all;
}

namespace {

constexpr unsigned WARP = 32;
constexpr size_t STACK = 64 * 1024;
constexpr unsigned MOST_THREADS = 1024;

enum class State { READY, AT_BARRIER, AT_EXCHANGE, DONE };

// Contexts are made once and switched by _setjmp and _longjmp, which make no system call.
struct Fiber {
  jmp_buf place;
  State state = State::DONE;
  bool begun = false;
  Index index = {0, 0, 0};
  uint64_t word = 0, received = 0;
  unsigned mask = 0;
  std::unique_ptr<unsigned char[]> stack;
};

Fiber fibers[MOST_THREADS];
jmp_buf scheduler;
Fiber* current;
void (*body)(void**);
void** body_arguments;

void leave_to_scheduler() { _longjmp(scheduler, 1); }

void suspend(State state) {
  current->state = state;
  Fiber* own = current;
  if (_setjmp(own->place) == 0) leave_to_scheduler();
}

void fiber_main() {
  for (;;) {
    body(body_arguments);
    suspend(State::DONE);
  }
}

void resume(Fiber& fiber) {
  current = &fiber;
  thread_index = fiber.index;
  if (_setjmp(scheduler) != 0) return;
  if (fiber.begun) _longjmp(fiber.place, 1);
  fiber.begun = true;
  fiber.stack.reset(new unsigned char[STACK]);
  static ucontext_t fresh;
  getcontext(&fresh);
  fresh.uc_stack.ss_sp = fiber.stack.get();
  fresh.uc_stack.ss_size = STACK;
  fresh.uc_link = nullptr;
  makecontext(&fresh, fiber_main, 0);
  setcontext(&fresh);
}

// Lanes of a warp that have all come to the same exchange receive their words.
bool exchange_warps(unsigned threads) {
  bool any = false;
  for (unsigned first = 0; first < threads; first += WARP) {
    unsigned last = first + WARP < threads ? first + WARP : threads, waiting = 0;
    for (unsigned i = first; i < last; i++) waiting += fibers[i].state == State::AT_EXCHANGE && fibers[i].mask == fibers[first].mask;
    if (waiting != WARP) continue;
    for (unsigned lane = 0; lane < WARP; lane++) fibers[first + lane].received = fibers[first + (lane ^ fibers[first].mask)].word;
    for (unsigned lane = 0; lane < WARP; lane++) fibers[first + lane].state = State::READY;
    any = true;
  }
  return any;
}

bool run_block(unsigned threads) {
  for (unsigned i = 0; i < threads; i++) {
    fibers[i].state = State::READY;
    fibers[i].index = {i % block_size.x, i / block_size.x % block_size.y, i / (block_size.x * block_size.y)};
  }
  for (;;) {
    bool ran = false;
    unsigned done = 0, at_barrier = 0;
    for (unsigned i = 0; i < threads; i++) {
      if (fibers[i].state == State::READY) {
        resume(fibers[i]);
        ran = true;
      }
    }
    for (unsigned i = 0; i < threads; i++) {
      done += fibers[i].state == State::DONE;
      at_barrier += fibers[i].state == State::AT_BARRIER;
    }
    if (done == threads) return true;
    if (exchange_warps(threads)) continue;
    if (at_barrier == threads) {
      for (unsigned i = 0; i < threads; i++) fibers[i].state = State::READY;
      continue;
    }
    // Some wait for what never comes.
    if (!ran) return false;
    bool ready = false;
    for (unsigned i = 0; i < threads; i++) ready |= fibers[i].state == State::READY;
    if (!ready) return false;
  }
}

}  // namespace

void block_barrier() { suspend(State::AT_BARRIER); }

uint64_t exchange(uint64_t word, unsigned mask) {
  current->word = word;
  current->mask = mask;
  suspend(State::AT_EXCHANGE);
  return current->received;
}

void forget_fibers() {
  for (Fiber& fiber : fibers) fiber.begun = false;
}

bool run_grid(const Kernel& kernel, Index grid, Index block, size_t dynamic_bytes, void** arguments) {
  grid_size = grid;
  block_size = block;
  body = kernel.run;
  body_arguments = arguments;
  std::unique_ptr<unsigned char[]> dynamic(new unsigned char[dynamic_bytes + 16]);
  dynamic_memory = reinterpret_cast<unsigned char*>((reinterpret_cast<uintptr_t>(dynamic.get()) + 15) & ~uintptr_t(15));
  for (unsigned z = 0; z < grid.z; z++)
    for (unsigned y = 0; y < grid.y; y++)
      for (unsigned x = 0; x < grid.x; x++) {
        block_index = {x, y, z};
        // What was not written is NaN.
        memset(dynamic_memory, 0xFF, dynamic_bytes);
        if (!run_block(block.x * block.y * block.z)) {
          forget_fibers();
          return false;
        }
      }
  return true;
}

}  // namespace emulation
