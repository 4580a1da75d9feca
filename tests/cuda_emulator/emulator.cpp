#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include "cuda_emulator/cuda_emulator.h"
#include "cuda_emulator/fibers.h"
#include "cuda_emulator/shared_memory.h"

namespace posthoc::emulator {

Thread* current = nullptr;
uint3 block_position{};
dim3 block_size;
dim3 grid_size;

namespace {

// The containers that fibers use have elements of types of this file, so that their code is this file's too: the linker
// would take other ones' from wherever it found them first, perhaps from where the thread sanitizer looks.

constexpr unsigned kWarp = 32;
constexpr unsigned kMaxThreads = 1024;

// What a fiber waits for.
enum class Wait : std::uint8_t { nothing, barrier, warp };

struct Lane : Thread {
  unsigned index = 0;  // in the block
  unsigned warp = 0;
  bool ended = false;
  Wait wait = Wait::nothing;
  CallSite site{};
  std::uint64_t value = 0;  // what it brings to a meeting
  std::uint64_t result = 0;
  WarpOp op = WarpOp::sync;
  unsigned mask = 0;
  unsigned source = 0;
};

// A tag through which one meeting after the other orders memory. Two, in turn: a thread may arrive at the next meeting
// before a slow one has left the last, and must not be ordered before that.
struct Turns {
  char tag[2] = {};
  unsigned turn = 0;
  void* now() { return &tag[turn & 1U]; }
};

class Machine {
 public:
  void launch(dim3 grid, dim3 block, std::size_t dynamic_shared, const char* name, const std::function<void()>& body);

  void* shared(SharedMemory::Kind kind, const void* identity, std::size_t bytes, CallSite site);
  unsigned barrier(bool vote, CallSite site);
  std::uint64_t warp_operation(WarpOp op, unsigned mask, std::uint64_t value, unsigned source, CallSite site);
  void maybe_yield();

  Options options;
  Statistics statistics;

 private:
  static void run_thread();
  void run_block();
  void release_barrier();
  // Whether all lanes that `lane` waits for have come; they are then in `present`.
  bool complete(const Lane& lane, unsigned& present);
  void finish(const Lane& lane, unsigned present);
  std::string who_waits() const;
  std::string name_of(const Lane& lane) const;
  [[noreturn]] void fail(const std::string& why);
  void stop(const std::string& why) { failure_ = kernel_ + ": " + why; }
  Lane& self() { return static_cast<Lane&>(*current); }
  bool random() const { return options.seed >= 2; }
  std::uint64_t draw();
  unsigned set() const { return static_cast<unsigned>(statistics.blocks & 1U); }

  Fibers fibers_;
  SharedMemory shared_;
  std::vector<Lane> lanes_;
  std::vector<Lane*> ready_;  // the last one runs first
  unsigned at_barrier_ = 0;
  unsigned ended_ = 0;
  std::string kernel_;
  const std::function<void()>* body_ = nullptr;
  std::size_t dynamic_limit_ = 0;
  std::string failure_;
  std::uint64_t state_ = 0;

  char launched_ = 0;
  char finished_ = 0;
  Turns barriers_[2];                                             // of each set of fibers
  std::map<std::pair<unsigned, std::uint64_t>, Turns> meetings_;  // (set, warp and mask): others are not ordered
};

Machine& machine() {
  static Machine machine;
  return machine;
}

std::uint64_t Machine::draw() {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return state_;
}

std::string Machine::name_of(const Lane& lane) const {
  char text[96];
  std::snprintf(text, sizeof text, "block (%u, %u, %u) thread %u (warp %u lane %u)", block_position.x, block_position.y,
                block_position.z, lane.index, lane.warp, lane.lane);
  return text;
}

// The fiber that runs never runs again.
void Machine::fail(const std::string& why) {
  stop(name_of(self()) + " " + why);
  fibers_.leave(true);
  std::abort();
}

void Machine::run_thread() {
  Machine& m = machine();
  m.fibers_.entered();
  happens_after(&m.launched_);
  (*m.body_)();
  happens_before(&m.finished_);
  m.self().ended = true;
  m.fibers_.leave(true);
  std::abort();
}

void* Machine::shared(SharedMemory::Kind kind, const void* identity, std::size_t bytes, CallSite site) {
  std::string error;
  const std::size_t beside = options.max_dynamic_shared - dynamic_limit_;  // a block's limit is for both together
  const std::size_t limit =
      kind == SharedMemory::Kind::dynamic ? dynamic_limit_ : std::min(options.max_static_shared, beside);
  void* array = shared_.take(kind, identity, bytes, limit, site, error);
  if (array == nullptr) fail(error);
  return array;
}

// "deadlock: 3 threads have ended; 29 wait at kernel.cuh:12 with mask ffffffff"
std::string Machine::who_waits() const {
  std::vector<std::pair<std::string, int>> places;
  for (const Lane& lane : lanes_) {
    if (lane.ended) continue;
    char mask[32] = "";
    if (lane.wait == Wait::warp) std::snprintf(mask, sizeof mask, " with mask %08x", lane.mask);
    const std::string place =
        (lane.wait == Wait::warp ? "in a warp operation at " : "at the barrier ") + text(lane.site) + mask;
    const auto known = std::find_if(places.begin(), places.end(), [&](const auto& p) { return p.first == place; });
    if (known == places.end()) {
      places.emplace_back(place, 1);
    } else {
      ++known->second;
    }
  }
  std::string result = std::to_string(ended_) + " threads have ended";
  for (const auto& [place, threads] : places) result += "; " + std::to_string(threads) + " wait " + place;
  return result;
}

void Machine::release_barrier() {
  const auto first = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return !lane.ended; });
  std::uint64_t votes = 0;
  for (const Lane& lane : lanes_) {
    if (lane.ended) continue;
    if (lane.site.line != first->site.line || std::strcmp(lane.site.file, first->site.file) != 0) {
      return stop("threads of a block wait at different barriers: " + who_waits());
    }
    votes += lane.value;
  }
  if (ended_ > 0) return stop("barrier at " + text(first->site) + " after threads have returned: " + who_waits());
  ++statistics.barriers;
  ++barriers_[set()].turn;
  at_barrier_ = 0;
  for (Lane& lane : lanes_) {
    lane.wait = Wait::nothing;
    lane.result = votes;
    ready_.push_back(&lane);
  }
  if (options.seed != 1) std::reverse(ready_.begin(), ready_.end());
}

void Machine::run_block() {
  const auto threads = static_cast<unsigned>(lanes_.size());
  ++statistics.blocks;
  at_barrier_ = 0;
  ended_ = 0;
  ready_.clear();
  for (unsigned i = 0; i < threads; ++i) {
    Lane& lane = lanes_[i];
    lane = Lane{};
    lane.position = {i % block_size.x, i / block_size.x % block_size.y, i / (block_size.x * block_size.y)};
    lane.index = i;
    lane.lane = i % kWarp;
    lane.warp = i / kWarp;
    fibers_.prepare(i, set(), &Machine::run_thread);
    ready_.push_back(&lanes_[options.seed == 1 ? i : threads - 1 - i]);
  }
  while (ended_ < threads && failure_.empty()) {
    if (ready_.empty()) {
      stop("deadlock: " + who_waits());
      break;
    }
    if (random()) std::swap(ready_[draw() % ready_.size()], ready_.back());
    current = ready_.back();
    ready_.pop_back();
    fibers_.resume(self().index);
    if (self().ended) ++ended_;
    if (ended_ < threads && at_barrier_ == threads - ended_ && failure_.empty()) release_barrier();
  }
  if (!failure_.empty()) fibers_.abandon();
  const std::string damage = shared_.release();
  if (failure_.empty() && !damage.empty()) stop(damage);
}

unsigned Machine::barrier(bool vote, CallSite site) {
  Lane& lane = self();
  lane.wait = Wait::barrier;
  lane.site = site;
  lane.value = vote ? 1 : 0;
  ++at_barrier_;
  void* tag = barriers_[set()].now();
  happens_before(tag);
  fibers_.leave(false);
  happens_after(tag);
  return static_cast<unsigned>(lane.result);
}

bool Machine::complete(const Lane& lane, unsigned& present) {
  for (unsigned i = 0; i < kWarp; ++i) {
    const unsigned index = lane.warp * kWarp + i;
    if ((lane.mask >> i & 1U) == 0 || index >= lanes_.size()) continue;
    const Lane& other = lanes_[index];
    if (other.ended)
      fail("names lane " + std::to_string(i) + ", which has returned, in its mask at " + text(lane.site));
    const bool here = other.wait == Wait::warp && other.op == lane.op && other.mask == lane.mask &&
                      other.site.line == lane.site.line && std::strcmp(other.site.file, lane.site.file) == 0;
    if (!here) return false;
    present |= 1U << i;
  }
  return true;
}

void Machine::finish(const Lane& lane, unsigned present) {
  Lane* warp = &lanes_[lane.warp * kWarp];
  std::uint64_t ballot = 0;
  for (unsigned i = 0; i < kWarp; ++i) {
    if ((present >> i & 1U) != 0 && warp[i].value != 0) ballot |= std::uint64_t{1} << i;
  }
  for (unsigned i = 0; i < kWarp; ++i) {
    if ((present >> i & 1U) == 0) continue;
    Lane& one = warp[i];
    one.result = ballot;
    if (lane.op == WarpOp::shuffle) {
      if ((present >> one.source & 1U) == 0) {
        fail("is in a shuffle where lane " + std::to_string(i) + " reads lane " + std::to_string(one.source) +
             ", which takes no part, at " + text(lane.site));
      }
      one.result = warp[one.source].value;
    }
    if (lane.op == WarpOp::match) {
      one.result = 0;
      for (unsigned j = 0; j < kWarp; ++j) {
        if ((present >> j & 1U) != 0 && warp[j].value == one.value) one.result |= std::uint64_t{1} << j;
      }
    }
  }
  for (unsigned i = kWarp; i-- > 0;) {
    if ((present >> i & 1U) == 0) continue;
    warp[i].wait = Wait::nothing;
    if (warp[i].index != lane.index) ready_.push_back(&warp[i]);
  }
}

std::uint64_t Machine::warp_operation(WarpOp op, unsigned mask, std::uint64_t value, unsigned source, CallSite site) {
  Lane& lane = self();
  ++statistics.warp_operations;
  lane.wait = Wait::warp;
  lane.site = site;
  lane.op = op;
  lane.mask = mask;
  lane.value = value;
  lane.source = source;
  if ((mask >> lane.lane & 1U) == 0) fail("is not in the mask that it passes at " + text(site));

  // Shuffles and votes exchange values and order no memory; only __syncwarp does.
  const bool orders = op == WarpOp::sync;
  Turns& meeting = meetings_[{set(), std::uint64_t{lane.warp} << 32 | mask}];
  void* tag = meeting.now();
  if (orders) happens_before(tag);
  unsigned present = 0;
  if (!complete(lane, present)) {
    fibers_.leave(false);
  } else {
    if (orders) ++meeting.turn;
    finish(lane, present);
    if (random()) {
      ready_.push_back(&lane);
      fibers_.leave(false);
    }
  }
  if (orders) happens_after(tag);
  return lane.result;
}

void Machine::maybe_yield() {
  if (!random() || draw() % 4 != 0) return;
  ready_.push_back(&self());
  fibers_.leave(false);
}

void Machine::launch(dim3 grid, dim3 block, std::size_t dynamic_shared, const char* name,
                     const std::function<void()>& body) {
  const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
  const std::uint64_t blocks = std::uint64_t{grid.x} * grid.y * grid.z;
  if (threads == 0 || threads > kMaxThreads || block.z > 64 || blocks == 0 || grid.x > 0x7FFFFFFFU ||
      grid.y > 0xFFFFU || grid.z > 0xFFFFU || dynamic_shared > options.max_dynamic_shared) {
    throw Error(std::string(name) + ": no device takes this launch: grid " + std::to_string(grid.x) + " x " +
                std::to_string(grid.y) + " x " + std::to_string(grid.z) + ", " + std::to_string(threads) +
                " threads a block, " + std::to_string(dynamic_shared) + " bytes of shared memory");
  }
  fibers_.reserve(static_cast<unsigned>(threads));
  lanes_.assign(threads, Lane{});
  kernel_ = name;
  body_ = &body;
  failure_.clear();
  dynamic_limit_ = dynamic_shared;
  block_size = block;
  grid_size = grid;
  state_ = options.seed * 0x9E3779B97F4A7C15ULL + 88172645463325252ULL;
  ++statistics.launches;
  happens_before(&launched_);

  std::vector<std::uint64_t> order(blocks);
  for (std::uint64_t i = 0; i < blocks; ++i) order[i] = options.seed == 1 ? blocks - 1 - i : i;
  if (random()) {
    for (std::uint64_t i = blocks; i > 1; --i) std::swap(order[i - 1], order[draw() % i]);
  }
  for (const std::uint64_t number : order) {
    block_position = {static_cast<unsigned>(number % grid.x), static_cast<unsigned>(number / grid.x % grid.y),
                      static_cast<unsigned>(number / grid.x / grid.y)};
    run_block();
    if (!failure_.empty()) break;
  }
  happens_after(&finished_);
  current = nullptr;
  if (!failure_.empty()) throw Error(failure_);
}

}  // namespace

Options& options() { return machine().options; }
const Statistics& statistics() { return machine().statistics; }

void launch(dim3 grid, dim3 block, std::size_t dynamic_shared, const char* name, const std::function<void()>& body) {
  machine().launch(grid, block, dynamic_shared, name, body);
}
void* shared_static(const void* identity, std::size_t bytes, CallSite site) {
  return machine().shared(SharedMemory::Kind::fixed, identity, bytes, site);
}
void* shared_dynamic(std::size_t bytes, CallSite site) {
  const std::uintptr_t number = ++current->dynamic_taken;
  return machine().shared(SharedMemory::Kind::dynamic, reinterpret_cast<const void*>(number), bytes, site);
}
void block_barrier(CallSite site) { machine().barrier(false, site); }
unsigned block_barrier_count(bool vote, CallSite site) { return machine().barrier(vote, site); }
std::uint64_t warp_operation(WarpOp op, unsigned mask, std::uint64_t value, unsigned source, CallSite site) {
  return machine().warp_operation(op, mask, value, source, site);
}
void maybe_yield() { machine().maybe_yield(); }

}  // namespace posthoc::emulator
