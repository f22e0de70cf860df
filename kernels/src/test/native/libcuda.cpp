// A stand-in for the CUDA driver's libcuda.so.1 with one device, on which the kernels' own source runs as it was compiled by g++
// (emulation.hpp). It has every entry that dev.mugv.kernels.cuda calls, and says in its device's name that it is emulated.
//
// Streams are lazy: what was asked for runs when somebody waits for it, so that a wait which is missing in the caller is seen.
// Errors of kernels come with that wait and stick to the context, as CUDA's do.
//
// Longer than other files: the entries of one library, most of them a few lines, over one state.
#include <signal.h>
#include <setjmp.h>
#include <pthread.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "fibers.hpp"
#include "memory.hpp"

namespace {

using Result = int;
constexpr Result OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, INVALID_DEVICE = 101, INVALID_IMAGE = 200,
                 INVALID_CONTEXT = 201, NO_BINARY = 209, INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600,
                 ILLEGAL_ADDRESS = 700, MISALIGNED = 716, LAUNCH_FAILED = 719;

struct Context {
  int uses = 0;
  Result broken = OK;
};

struct Stream {
  uint64_t asked = 0, done = 0;
  std::deque<std::function<Result()>> work;
};

struct Event {
  Stream* stream = nullptr;
  uint64_t place = 0;
  std::chrono::steady_clock::time_point time;
};

struct Module {
  std::string image;
};

struct Function {
  const emulation::Kernel* kernel;
  size_t most_dynamic = 48 * 1024;
};

constexpr size_t MOST_DYNAMIC = 227 * 1024;
constexpr unsigned MOST_THREADS = 1024, MOST_ROWS = 65535;
constexpr const char* NAME = "emulated (no GPU)";

std::recursive_mutex lock;
bool initialized;
Context context;
thread_local Context* current;
std::set<Stream*> streams;
std::set<Event*> events;
std::set<Module*> modules;
std::set<Function*> functions;

// The thread whose faults are a kernel's.
volatile bool running;
pthread_t runner;
sigjmp_buf landing;
volatile Result fault;
struct sigaction others;

using Lock = std::lock_guard<std::recursive_mutex>;

Result ready() {
  if (!initialized) return NOT_INITIALIZED;
  if (current == nullptr || current->uses == 0) return INVALID_CONTEXT;
  return current->broken;
}

int capability() {
  const char* asked = getenv("MUGV_EMULATED_CAPABILITY");
  return asked == nullptr ? 90 : atoi(asked);
}

void on_fault(int number, siginfo_t* info, void* machine) {
  if (running && pthread_equal(pthread_self(), runner)) {
    uint64_t address = reinterpret_cast<uint64_t>(info->si_addr);
    if (emulation::is_device(address)) {
      fault = ILLEGAL_ADDRESS;
      siglongjmp(landing, 1);
    }
    // Loads of a whole pack from an odd place have no address.
    if (info->si_code == SI_KERNEL) {
      fault = MISALIGNED;
      siglongjmp(landing, 1);
    }
  }
  if (others.sa_flags & SA_SIGINFO) {
    others.sa_sigaction(number, info, machine);
  } else if (others.sa_handler != SIG_DFL && others.sa_handler != SIG_IGN) {
    others.sa_handler(number);
  } else {
    signal(number, SIG_DFL);
  }
}

Result run_kernel(const emulation::Kernel& kernel, emulation::Index grid, emulation::Index block, size_t dynamic_bytes, void** arguments) {
  struct sigaction ours = {};
  ours.sa_sigaction = on_fault;
  ours.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&ours.sa_mask);
  runner = pthread_self();
  sigaction(SIGSEGV, &ours, &others);
  Result result = OK;
  if (sigsetjmp(landing, 1) == 0) {
    running = true;
    if (!emulation::run_grid(kernel, grid, block, dynamic_bytes, arguments)) result = LAUNCH_FAILED;
  } else {
    result = fault;
    emulation::forget_fibers();
  }
  running = false;
  sigaction(SIGSEGV, &others, nullptr);
  return result;
}

Result run_until(Stream* stream, uint64_t place) {
  while (stream->done < place) {
    auto work = stream->work.front();
    stream->work.pop_front();
    stream->done++;
    if (context.broken == OK) context.broken = work();
  }
  return context.broken;
}

Result run_all() {
  for (Stream* stream : streams) run_until(stream, stream->asked);
  return context.broken;
}

// The default stream waits for all others and is waited for.
Result ask(Stream* stream, std::function<Result()> work) {
  if (stream == nullptr) {
    Result before = run_all();
    return before != OK ? before : context.broken = work();
  }
  if (streams.count(stream) == 0) return INVALID_HANDLE;
  stream->work.push_back(std::move(work));
  stream->asked++;
  return OK;
}

bool is_image(const char* image, std::string& content, Result& result) {
  if (memcmp(image, "\177ELF", 4) == 0) {
    uint16_t machine, sections, section_bytes;
    uint64_t section_place;
    uint32_t flags;
    memcpy(&machine, image + 18, 2);
    memcpy(&section_place, image + 40, 8);
    memcpy(&flags, image + 48, 4);
    memcpy(&section_bytes, image + 58, 2);
    memcpy(&sections, image + 60, 2);
    content.assign(image, section_place + static_cast<size_t>(sections) * section_bytes);
    int architecture = (flags >> 8) & 0xFF;
    // A cubin runs on its own major architecture, from its minor one up.
    bool fits = architecture / 10 == capability() / 10 && architecture <= capability();
    result = machine != 190 ? INVALID_IMAGE : fits ? OK : NO_BINARY;
    return result == OK;
  }
  content = image;
  const char* target = strstr(image, ".target sm_");
  if (strstr(image, ".version") == nullptr || target == nullptr) {
    result = INVALID_IMAGE;
  } else {
    result = atoi(target + strlen(".target sm_")) <= capability() ? OK : NO_BINARY;
  }
  return result == OK;
}

}  // namespace

#define ENTRY extern "C" __attribute__((visibility("default"))) Result

ENTRY cuInit(unsigned flags) {
  Lock held(lock);
  initialized = true;
  return flags == 0 ? OK : INVALID_VALUE;
}

ENTRY cuDriverGetVersion(int* version) {
  *version = 13000;
  return OK;
}

ENTRY cuDeviceGetCount(int* count) {
  *count = 1;
  return initialized ? OK : NOT_INITIALIZED;
}

ENTRY cuDeviceGet(int* device, int ordinal) {
  if (!initialized) return NOT_INITIALIZED;
  *device = 0;
  return ordinal == 0 ? OK : INVALID_DEVICE;
}

ENTRY cuDeviceGetName(char* name, int length, int device) {
  if (device != 0 || length < 1) return INVALID_DEVICE;
  strncpy(name, NAME, static_cast<size_t>(length) - 1);
  name[length - 1] = 0;
  return OK;
}

ENTRY cuDeviceTotalMem_v2(size_t* bytes, int device) {
  *bytes = emulation::total_memory();
  return device == 0 ? OK : INVALID_DEVICE;
}

ENTRY cuDeviceGetAttribute(int* value, int attribute, int device) {
  if (device != 0) return INVALID_DEVICE;
  switch (attribute) {
    case 16: *value = 1; return OK;                       // MULTIPROCESSOR_COUNT
    case 75: *value = capability() / 10; return OK;       // COMPUTE_CAPABILITY_MAJOR
    case 76: *value = capability() % 10; return OK;       // COMPUTE_CAPABILITY_MINOR
    case 97: *value = MOST_DYNAMIC; return OK;            // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
    case 115: *value = 1; return OK;                      // MEMORY_POOLS_SUPPORTED
    default: return INVALID_VALUE;
  }
}

ENTRY cuDevicePrimaryCtxRetain(Context** out, int device) {
  Lock held(lock);
  if (!initialized) return NOT_INITIALIZED;
  if (device != 0) return INVALID_DEVICE;
  context.uses++;
  *out = &context;
  return OK;
}

ENTRY cuDevicePrimaryCtxRelease_v2(int device) {
  Lock held(lock);
  if (device != 0) return INVALID_DEVICE;
  if (context.uses == 0) return INVALID_CONTEXT;
  if (--context.uses == 0) context.broken = OK;
  return OK;
}

ENTRY cuCtxSetCurrent(Context* wanted) {
  if (wanted != nullptr && wanted != &context) return INVALID_CONTEXT;
  current = wanted;
  return OK;
}

ENTRY cuCtxGetCurrent(Context** out) {
  *out = current;
  return OK;
}

ENTRY cuCtxSynchronize() {
  Lock held(lock);
  Result state = ready();
  return state != OK ? state : run_all();
}

ENTRY cuStreamCreate(Stream** out, unsigned) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  *out = new Stream();
  streams.insert(*out);
  return OK;
}

ENTRY cuStreamDestroy_v2(Stream* stream) {
  Lock held(lock);
  if (streams.count(stream) == 0) return INVALID_HANDLE;
  run_until(stream, stream->asked);
  streams.erase(stream);
  for (Event* event : events) {
    if (event->stream == stream) event->stream = nullptr;
  }
  delete stream;
  return OK;
}

ENTRY cuStreamSynchronize(Stream* stream) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (stream == nullptr) return run_all();
  return streams.count(stream) == 0 ? INVALID_HANDLE : run_until(stream, stream->asked);
}

ENTRY cuStreamWaitEvent(Stream* stream, Event* event, unsigned) {
  Lock held(lock);
  if (events.count(event) == 0) return INVALID_HANDLE;
  Stream* other = event->stream;
  uint64_t place = event->place;
  return ask(stream, [=]() { return other == nullptr || streams.count(other) == 0 ? OK : run_until(other, place); });
}

ENTRY cuEventCreate(Event** out, unsigned) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  *out = new Event();
  events.insert(*out);
  return OK;
}

ENTRY cuEventDestroy_v2(Event* event) {
  Lock held(lock);
  if (events.erase(event) == 0) return INVALID_HANDLE;
  delete event;
  return OK;
}

ENTRY cuEventRecord(Event* event, Stream* stream) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (events.count(event) == 0) return INVALID_HANDLE;
  Result asked = ask(stream, [=]() {
    if (events.count(event) != 0) event->time = std::chrono::steady_clock::now();
    return OK;
  });
  event->stream = stream;
  event->place = stream == nullptr ? 0 : stream->asked;
  return asked;
}

ENTRY cuEventSynchronize(Event* event) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (events.count(event) == 0) return INVALID_HANDLE;
  return event->stream == nullptr ? context.broken : run_until(event->stream, event->place);
}

ENTRY cuEventQuery(Event* event) {
  Lock held(lock);
  if (events.count(event) == 0) return INVALID_HANDLE;
  return event->stream != nullptr && event->stream->done < event->place ? NOT_READY : context.broken;
}

ENTRY cuEventElapsedTime(float* milliseconds, Event* start, Event* end) {
  Lock held(lock);
  if (events.count(start) == 0 || events.count(end) == 0) return INVALID_HANDLE;
  for (Event* event : {start, end}) {
    if (event->stream != nullptr && event->stream->done < event->place) return NOT_READY;
  }
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return OK;
}

ENTRY cuEventElapsedTime_v2(float* milliseconds, Event* start, Event* end) { return cuEventElapsedTime(milliseconds, start, end); }

ENTRY cuModuleLoadData(Module** out, const void* image) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  std::unique_ptr<Module> module(new Module());
  Result result = OK;
  if (!is_image(static_cast<const char*>(image), module->image, result)) return result;
  *out = module.release();
  modules.insert(*out);
  return OK;
}

ENTRY cuModuleUnload(Module* module) {
  Lock held(lock);
  if (modules.erase(module) == 0) return INVALID_HANDLE;
  delete module;
  return OK;
}

// The name must be in the image that was given, too: what is missing in the cubin must not be found here.
ENTRY cuModuleGetFunction(Function** out, Module* module, const char* name) {
  Lock held(lock);
  if (modules.count(module) == 0) return INVALID_HANDLE;
  if (module->image.find(name) == std::string::npos) return NOT_FOUND;
  for (const emulation::Kernel& kernel : emulation::kernels()) {
    if (kernel.name == name) {
      *out = new Function{&kernel};
      functions.insert(*out);
      return OK;
    }
  }
  return NOT_FOUND;
}

ENTRY cuFuncSetAttribute(Function* function, int attribute, int value) {
  Lock held(lock);
  if (functions.count(function) == 0) return INVALID_HANDLE;
  // MAX_DYNAMIC_SHARED_SIZE_BYTES
  if (attribute != 8 || value < 0 || static_cast<size_t>(value) > MOST_DYNAMIC) return INVALID_VALUE;
  function->most_dynamic = static_cast<size_t>(value);
  return OK;
}

ENTRY cuLaunchKernel(
    Function* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
    unsigned dynamic_bytes, Stream* stream, void** arguments, void** extra) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (functions.count(function) == 0) return INVALID_HANDLE;
  uint64_t threads = static_cast<uint64_t>(block_x) * block_y * block_z;
  if (grid_x == 0 || grid_y == 0 || grid_z == 0 || grid_x > 0x7FFFFFFFu || grid_y > MOST_ROWS || grid_z > MOST_ROWS || threads == 0 ||
      threads > MOST_THREADS || dynamic_bytes > function->most_dynamic || extra != nullptr || arguments == nullptr) {
    return INVALID_VALUE;
  }
  // Values of arguments are taken now; a caller may reuse their memory.
  const emulation::Kernel* kernel = function->kernel;
  auto values = std::make_shared<std::vector<std::vector<unsigned char>>>();
  for (size_t i = 0; i < kernel->sizes.size(); i++) {
    const unsigned char* value = static_cast<const unsigned char*>(arguments[i]);
    if (value == nullptr) return INVALID_VALUE;
    values->emplace_back(value, value + kernel->sizes[i]);
  }
  return ask(stream, [=]() {
    std::vector<void*> places;
    for (size_t i = 0; i < values->size(); i++) {
      places.push_back((*values)[i].data());
      if (kernel->pointers[i]) {
        uint64_t address;
        memcpy(&address, (*values)[i].data(), sizeof(address));
        // A pointer that is no device's would be read before anything faults.
        if (address != 0 && !emulation::is_live(address, 1)) return ILLEGAL_ADDRESS;
      }
    }
    return run_kernel(*kernel, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, dynamic_bytes, places.data());
  });
}

ENTRY cuMemGetInfo_v2(size_t* left, size_t* total) {
  Lock held(lock);
  *left = emulation::free_memory();
  *total = emulation::total_memory();
  return ready();
}

ENTRY cuMemAlloc_v2(uint64_t* address, size_t bytes) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (bytes == 0) return INVALID_VALUE;
  *address = emulation::allocate(bytes);
  return *address == 0 ? OUT_OF_MEMORY : OK;
}

ENTRY cuMemFree_v2(uint64_t address) {
  Lock held(lock);
  run_all();
  return emulation::release(address) ? OK : INVALID_VALUE;
}

ENTRY cuMemAllocAsync(uint64_t* address, size_t bytes, Stream* stream) {
  return stream != nullptr && streams.count(stream) == 0 ? INVALID_HANDLE : cuMemAlloc_v2(address, bytes);
}

ENTRY cuMemFreeAsync(uint64_t address, Stream* stream) {
  Lock held(lock);
  if (!emulation::is_live(address, 1)) return INVALID_VALUE;
  return ask(stream, [=]() { return emulation::release(address) ? OK : INVALID_VALUE; });
}

// From memory that is not pinned CUDA, too, has taken everything when the call returns.
ENTRY cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, Stream* stream) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (!emulation::is_live(to, bytes)) return INVALID_VALUE;
  auto content = std::make_shared<std::vector<unsigned char>>(
      static_cast<const unsigned char*>(from), static_cast<const unsigned char*>(from) + bytes);
  return ask(stream, [=]() {
    memcpy(reinterpret_cast<void*>(to), content->data(), bytes);
    return OK;
  });
}

ENTRY cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, Stream* stream) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (!emulation::is_live(from, bytes)) return INVALID_VALUE;
  return ask(stream, [=]() {
    memcpy(to, reinterpret_cast<const void*>(from), bytes);
    return OK;
  });
}

ENTRY cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, Stream* stream) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (!emulation::is_live(from, bytes) || !emulation::is_live(to, bytes)) return INVALID_VALUE;
  return ask(stream, [=]() {
    memmove(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes);
    return OK;
  });
}

ENTRY cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, Stream* stream) {
  Lock held(lock);
  Result state = ready();
  if (state != OK) return state;
  if (!emulation::is_live(to, bytes)) return INVALID_VALUE;
  return ask(stream, [=]() {
    memset(reinterpret_cast<void*>(to), value, bytes);
    return OK;
  });
}
