#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace posthoc {

/// Reads a whole file as bytes. Throws `Error` that names the file when it is missing, a directory
/// or unreadable.
std::string read_file(const std::filesystem::path& path);

/// Writes a whole file, or nothing: the bytes go to a temporary name beside `path`, which is then
/// renamed onto it. Throws `Error` that names the file; the temporary file is removed and an
/// existing `path` is left as it was.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Throws `Error` unless a file could be written at `path` (its folder exists and can be written
/// to, and `path` is no folder). Long work calls this first, so that its result is not lost at the
/// end.
void require_writable(const std::filesystem::path& path);

}  // namespace posthoc
