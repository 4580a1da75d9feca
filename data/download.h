#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace posthoc::data {

/// When a download is given up.
struct DownloadLimits {
  std::chrono::milliseconds connect{30'000};     ///< until the server answers the connection
  std::chrono::seconds stalled{30};              ///< this long below 100 bytes a second
  std::chrono::milliseconds total{30 * 60'000};  ///< for everything
};

/// The body that an http or https server gives for `url`; redirections are followed. It is kept in
/// memory and is at most `max_bytes` long: the connection is closed at the first byte beyond.
///
/// Throws `Error` that names the URL on: another protocol, no connection, a status of 400 or more, a
/// body longer than `max_bytes` or shorter than announced, a limit that was passed. Proxies are used
/// as libcurl does, by the variables http_proxy, https_proxy and no_proxy.
std::string download(const std::string& url, std::uintmax_t max_bytes, const DownloadLimits& limits = {});

/// The file called `member` in a zip archive; if no path is that, the first one that ends with
/// `/member`. Nothing is written, so paths in the archive can do no harm.
///
/// Throws `Error` with `source` if the archive is damaged or has no such file, or if the file is
/// longer than `max_bytes`.
std::string extract_zip_member(std::string_view archive, const std::string& member, std::uintmax_t max_bytes,
                               const std::string& source);

}  // namespace posthoc::data
