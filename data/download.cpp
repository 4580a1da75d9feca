#include "data/download.h"

#include <curl/curl.h>
#include <memory>

#include "base/error.h"

namespace posthoc::data {
namespace {

constexpr std::string_view protocols = "http,https";

// The body so far. Nothing may be thrown through libcurl, which is C.
struct Body {
  std::string bytes;
  std::uintmax_t max_bytes;
  bool too_long = false;
};

std::size_t append(char* data, std::size_t /*one*/, std::size_t size, void* user) noexcept {
  auto* body = static_cast<Body*>(user);
  body->too_long = size > body->max_bytes - body->bytes.size();
  if (body->too_long) return 0;  // libcurl closes the connection
  try {
    body->bytes.append(data, size);
  } catch (...) {
    return 0;
  }
  return size;
}

template <typename Value>
void set(CURL* curl, CURLoption option, Value value) {
  const CURLcode status = curl_easy_setopt(curl, option, value);
  require(status == CURLE_OK, "libcurl refuses an option: {}", curl_easy_strerror(status));
}

}  // namespace

std::string download(const std::string& url, std::uintmax_t max_bytes, const DownloadLimits& limits) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  require(curl != nullptr, "cannot download {}: libcurl could not be started", url);
  Body body{{}, max_bytes};
  std::string message(CURL_ERROR_SIZE, '\0');
  set(curl.get(), CURLOPT_URL, url.c_str());
  set(curl.get(), CURLOPT_PROTOCOLS_STR, protocols.data());
  set(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, protocols.data());
  set(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  set(curl.get(), CURLOPT_MAXREDIRS, 5L);
  set(curl.get(), CURLOPT_FAILONERROR, 1L);  // a page that says "not found" is no file
  set(curl.get(), CURLOPT_NOSIGNAL, 1L);     // no signal handlers in a library
  set(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  set(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  set(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 100L);
  set(curl.get(), CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stalled.count()));
  set(curl.get(), CURLOPT_USERAGENT, "posthoc");
  set(curl.get(), CURLOPT_WRITEFUNCTION, append);
  set(curl.get(), CURLOPT_WRITEDATA, static_cast<void*>(&body));
  set(curl.get(), CURLOPT_ERRORBUFFER, message.data());
  const CURLcode status = curl_easy_perform(curl.get());
  require(!body.too_long, "cannot download {}: it is longer than the {} bytes expected", url, max_bytes);
  message.resize(message.find('\0'));
  require(status == CURLE_OK, "cannot download {}: {}", url, message.empty() ? curl_easy_strerror(status) : message);
  return std::move(body.bytes);
}

}  // namespace posthoc::data
