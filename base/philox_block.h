#pragma once

// For the sources that draw; it brings in Random123, which the rest of the code need not see.

#include <Random123/philox.h>

#include "base/host_device.h"
#include "base/random_stream.h"

namespace posthoc {

/// Block `quad` of a stream, inline: draws 4*quad .. 4*quad + 3.
POSTHOC_HOST_DEVICE inline RandomWords philox_block(const RandomStream& stream, std::uint64_t quad) {
  const r123::Philox4x32::ctr_type counter = {
      {static_cast<std::uint32_t>(quad), static_cast<std::uint32_t>(quad >> 32), stream.number, stream.purpose}};
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32)}};
  const auto words = r123::Philox4x32()(counter, key);
  return {{words[0], words[1], words[2], words[3]}};
}

}  // namespace posthoc
