#include "base/file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

#include "base/error.h"

namespace posthoc {
namespace fs = std::filesystem;

namespace {

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

// Removes the temporary file unless the rename has consumed it.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

std::string read_file(const fs::path& path) {
  std::error_code status;
  require(fs::exists(path, status), "cannot read {}: no such file", path.string());
  require(!fs::is_directory(path, status), "cannot read {}: it is a folder", path.string());
  std::ifstream in(path, std::ios::binary);
  require(in.is_open(), "cannot read {}: {}", path.string(), std::strerror(errno));
  std::ostringstream bytes;
  bytes << in.rdbuf();
  require(!in.bad(), "cannot read {}: the file could not be read to its end", path.string());
  return std::move(bytes).str();
}

void require_writable(const fs::path& path) {
  std::error_code status;
  require(!path.empty(), "cannot write: the output path is empty");
  require(!fs::is_directory(path, status), "cannot write {}: it is a folder", path.string());
  const fs::path folder = folder_of(path);
  require(fs::is_directory(folder, status), "cannot write {}: the folder {} does not exist", path.string(),
          folder.string());
  require(access(folder.c_str(), W_OK | X_OK) == 0, "cannot write {}: the folder {} is not writable", path.string(),
          folder.string());
}

namespace {

void write_bytes(const fs::path& to, std::string_view bytes, const fs::path& named) {
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  require(out.is_open(), "cannot write {}: {}", named.string(), std::strerror(errno));
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  require(!out.fail(), "cannot write {}: {}", named.string(), std::strerror(errno));
}

}  // namespace

void write_file(const fs::path& path, std::string_view bytes) {
  require_writable(path);
  std::error_code status;
  // A pipe or a device cannot be replaced: renaming onto /dev/stdout would destroy it.
  if (fs::exists(path, status) && !fs::is_regular_file(path, status)) return write_bytes(path, bytes, path);
  // Through a link to the file itself, so that the link stays one.
  const fs::path target = fs::is_symlink(path, status) ? fs::weakly_canonical(path) : path;
  const TemporaryFile temporary(folder_of(target) / fmt::format(".{}.{}.tmp", target.filename().string(), getpid()));
  write_bytes(temporary.path(), bytes, path);
  std::error_code renamed;
  fs::rename(temporary.path(), target, renamed);
  require(!renamed, "cannot write {}: {}", path.string(), renamed.message());
}

}  // namespace posthoc
