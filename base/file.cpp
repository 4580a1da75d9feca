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

// The file that a write replaces: through a link to the file itself, so that the link stays one.
fs::path target_of(const fs::path& path) {
  std::error_code status;
  if (!fs::is_symlink(path, status)) return path;
  const fs::path target = fs::weakly_canonical(path, status);
  require(!status, "cannot write {}: {}", path.string(), status.message());
  return target;
}

fs::path temporary_of(const fs::path& target) {
  return folder_of(target) / fmt::format(".{}.{}.tmp", target.filename().string(), getpid());
}

// A pipe or a device cannot be replaced: renaming onto /dev/stdout would destroy it.
bool is_replaced(const fs::file_status& status) { return !fs::exists(status) || fs::is_regular_file(status); }

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
  const fs::file_status kind = fs::status(path, status);  // of no type for a circle of links or too long a name
  require(kind.type() != fs::file_type::none, "cannot write {}: {}", path.string(), status.message());
  require(!fs::is_directory(kind), "cannot write {}: it is a folder", path.string());
  const fs::path target = is_replaced(kind) ? target_of(path) : path;
  const fs::path folder = folder_of(target);
  require(fs::is_directory(folder, status), "cannot write {}: the folder {} does not exist", path.string(),
          folder.string());
  require(access(folder.c_str(), W_OK | X_OK) == 0, "cannot write {}: the folder {} is not writable", path.string(),
          folder.string());
  const fs::file_status temporary = fs::symlink_status(temporary_of(target), status);
  require(temporary.type() != fs::file_type::none, "cannot write {}: its temporary file: {}", path.string(),
          status.message());
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
  if (!is_replaced(fs::status(path, status))) return write_bytes(path, bytes, path);
  const fs::path target = target_of(path);
  const TemporaryFile temporary(temporary_of(target));
  write_bytes(temporary.path(), bytes, path);
  std::error_code renamed;
  fs::rename(temporary.path(), target, renamed);
  require(!renamed, "cannot write {}: {}", path.string(), renamed.message());
}

}  // namespace posthoc
