#include "cuda_emulator/shared_memory.h"

#include <cstdlib>
#include <cstring>

#include "cuda_emulator/fibers.h"

namespace posthoc::emulator {
namespace {

constexpr std::size_t kZone = 1024;  // bytes behind an array
constexpr char kFill = '\xFF';       // floats full of it are NaN, integers have all bits set

}  // namespace

std::string text(CallSite site) {
  const char* slash = std::strrchr(site.file, '/');
  return std::string(slash != nullptr ? slash + 1 : site.file) + ":" + std::to_string(site.line);
}

void* SharedMemory::take(Kind kind, const void* identity, std::size_t bytes, std::size_t limit, CallSite site,
                         std::string& error) {
  for (const Array& array : arrays_) {
    if (array.identity != identity || array.kind != kind) continue;
    if (array.bytes == bytes) return array.begin;
    error = "takes " + std::to_string(bytes) + " bytes of shared memory at " + text(site) +
            " where another thread took " + std::to_string(array.bytes);
    return nullptr;
  }
  std::size_t& used = used_[static_cast<int>(kind)];
  used += (bytes + 15) / 16 * 16;
  if (used > limit) {
    error = std::string(kind == Kind::dynamic ? "dynamic" : "static") + " shared memory: " + std::to_string(used) +
            " bytes taken at " + text(site) + ", there are " + std::to_string(limit);
    return nullptr;
  }
  const IgnoreWrites fresh;
  char* begin = static_cast<char*>(std::malloc(bytes + kZone));
  std::memset(begin, kFill, bytes + kZone);
  forbid(begin + bytes, kZone);
  arrays_.push_back({kind, identity, bytes, begin, site});
  return begin;
}

std::string SharedMemory::release() {
  std::string damage;
  const IgnoreWrites done;
  for (const Array& array : arrays_) {
    char* zone = array.begin + array.bytes;
    permit(zone, kZone);
    for (std::size_t i = 0; i < kZone && damage.empty(); ++i) {
      if (zone[i] != kFill) {
        damage = "write past the end of the shared array taken at " + text(array.site) + ", " + std::to_string(i) +
                 " bytes behind it";
      }
    }
    std::free(array.begin);
  }
  arrays_.clear();
  used_[0] = used_[1] = 0;
  return damage;
}

}  // namespace posthoc::emulator
