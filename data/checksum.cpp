#include "data/checksum.h"

#include <array>
#include <openssl/evp.h>

#include "base/error.h"

namespace posthoc::data {

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  require(done == 1 && size == digest.size(), "sha256: OpenSSL could not compute a SHA-256");
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace posthoc::data
