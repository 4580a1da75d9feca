#include <archive.h>
#include <archive_entry.h>
#include <memory>

#include "base/error.h"
#include "data/download.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

// A zip archive in memory, read from its start to its end.
class ZipReader {
 public:
  ZipReader(std::string_view bytes, const std::string& source)
      : source_(source), archive_(archive_read_new(), archive_read_free) {
    require(archive_ != nullptr, "{}: libarchive could not be started", source_);
    check(archive_read_support_format_zip(archive_.get()));
    check(archive_read_open_memory(archive_.get(), bytes.data(), bytes.size()));
  }

  // The path of the next regular file, or null at the end.
  const char* next_file() {
    archive_entry* entry = nullptr;
    for (;;) {
      const int status = archive_read_next_header(archive_.get(), &entry);
      if (status == ARCHIVE_EOF) return nullptr;
      check(status);
      const char* path = archive_entry_pathname(entry);
      if (path != nullptr && archive_entry_filetype(entry) == AE_IFREG) return path;
    }
  }

  // The bytes of the file that `next_file` named. What the archive says about its length is not believed.
  std::string read(std::uintmax_t max_bytes) {
    std::string bytes;
    std::string block(std::size_t{1} << 16, '\0');
    for (;;) {
      const la_ssize_t size = archive_read_data(archive_.get(), block.data(), block.size());
      if (size == 0) return bytes;
      if (size < 0) check(static_cast<int>(size));
      const auto count = static_cast<std::size_t>(size);
      require(count <= max_bytes - bytes.size(), "{}: the file in the archive is longer than the {} bytes expected",
              source_, max_bytes);
      bytes.append(block, 0, count);
    }
  }

 private:
  void check(int status) {
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) return;
    const char* message = archive_error_string(archive_.get());
    fail("{}: the zip archive cannot be read: {}", source_, show(message != nullptr ? message : "unknown error"));
  }

  const std::string& source_;
  std::unique_ptr<archive, decltype(&archive_read_free)> archive_;
};

}  // namespace

std::string extract_zip_member(std::string_view archive, const std::string& member, std::uintmax_t max_bytes,
                               const std::string& source) {
  const auto matches = [&](std::string_view path, bool whole) {
    return whole ? path == member : path.ends_with("/" + member);
  };
  for (const bool whole : {true, false}) {
    ZipReader reader(archive, source);
    while (const char* path = reader.next_file()) {
      if (matches(path, whole)) return reader.read(max_bytes);
    }
  }
  fail("{}: the zip archive has no file '{}'", source, member);
}

}  // namespace posthoc::data
