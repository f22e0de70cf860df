#include "memory.hpp"

#include <sys/mman.h>

#include <cstring>
#include <map>

namespace emulation {
namespace {

constexpr size_t PAGE = 4096;
// CUDA promises 256; a smaller one lets an allocation end where its guard begins, so that one element too many is seen.
constexpr size_t ALIGNMENT = 16;
constexpr size_t ADDRESSES = size_t(1) << 38;
constexpr size_t TOTAL = size_t(4) << 30;

struct Allocation {
  size_t bytes;
  uint64_t pages;
  size_t page_bytes;
};

uint64_t base, next;
size_t used;
std::map<uint64_t, Allocation>& allocations() {
  static std::map<uint64_t, Allocation> all;
  return all;
}

size_t rounded(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

uint64_t allocate(size_t bytes) {
  if (base == 0) {
    void* region = mmap(nullptr, ADDRESSES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED) return 0;
    base = next = reinterpret_cast<uint64_t>(region);
  }
  size_t page_bytes = rounded(bytes, PAGE);
  if (used + bytes > TOTAL || next + page_bytes + 2 * PAGE > base + ADDRESSES) return 0;
  uint64_t pages = next + PAGE;
  if (mprotect(reinterpret_cast<void*>(pages), page_bytes, PROT_READ | PROT_WRITE) != 0) return 0;
  next = pages + page_bytes;
  memset(reinterpret_cast<void*>(pages), 0xFF, page_bytes);
  uint64_t address = pages + page_bytes - rounded(bytes, ALIGNMENT);
  allocations()[address] = {bytes, pages, page_bytes};
  used += bytes;
  return address;
}

bool release(uint64_t address) {
  auto found = allocations().find(address);
  if (found == allocations().end()) return false;
  void* pages = reinterpret_cast<void*>(found->second.pages);
  madvise(pages, found->second.page_bytes, MADV_DONTNEED);
  mprotect(pages, found->second.page_bytes, PROT_NONE);
  used -= found->second.bytes;
  allocations().erase(found);
  return true;
}

bool is_live(uint64_t address, size_t bytes) {
  auto after = allocations().upper_bound(address);
  if (after == allocations().begin()) return false;
  auto found = std::prev(after);
  return address - found->first + bytes <= found->second.bytes;
}

bool is_device(uint64_t address) { return base != 0 && address >= base && address < base + ADDRESSES; }

size_t total_memory() { return TOTAL; }
size_t free_memory() { return TOTAL - used; }

}  // namespace emulation
