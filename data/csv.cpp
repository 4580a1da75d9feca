#include "data/csv.h"

#include <csv.h>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "data/show.h"
#include "data/utf8.h"

namespace posthoc::data {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 16;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// The encoding that the first bytes announce if it is not UTF-8; else empty.
std::string_view foreign_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "UTF-16";
  return {};
}

// The physical line that starts at `begin`, with its line end: LF, CRLF or a lone CR.
std::string_view line_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && text[end] != '\n' && text[end] != '\r') ++end;
  if (end < text.size()) end += text.substr(end, 2) == "\r\n" ? 2 : 1;
  return text.substr(begin, end - begin);
}

// Feeds libcsv one physical line after the other, so that the line of every row and error is known.
class Reader {
 public:
  Reader(std::string source, const CsvOptions& options) : source_(std::move(source)), options_(options) {
    require(csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) == 0, "{}: libcsv could not be started", source_);
    csv_set_delim(&parser_, static_cast<unsigned char>(options.separator));
    csv_set_blk_size(&parser_, 1 << 16);  // one reallocation for each 64 KiB of a long field
    csv_set_space_func(&parser_, options.trim_blanks ? is_blank : is_never_blank);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { csv_free(&parser_); }

  Table read(std::string_view text) {
    const std::string_view foreign = foreign_encoding(text);
    require(foreign.empty(), "{}: expected text in UTF-8, found {}; save the file as UTF-8", source_, foreign);
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    for (std::size_t begin = 0; begin < text.size();) {
      const std::string_view line = line_at(text, begin);
      begin += line.size();
      if (++line_ > options_.skip_lines) feed(line);
    }
    finish();
    require(table_.has_value(), "{}: expected a table, but the file is empty", source_);
    require(table_->rows() > 0, "{}: expected rows of data, but there is only a header", source_);
    return std::move(*table_);
  }

 private:
  static int is_blank(unsigned char c) { return c == ' ' || c == '\t' ? 1 : 0; }
  static int is_never_blank(unsigned char /*c*/) { return 0; }

  // An exception must not cross libcsv, which is C: it is kept and rethrown once libcsv is back.
  template <typename Action>
  void guarded(Action action) noexcept {
    if (failure_) return;
    try {
      action();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  static void on_field(void* text, std::size_t size, void* self) {
    auto* reader = static_cast<Reader*>(self);
    reader->guarded([&] { reader->add_field({static_cast<const char*>(text), size}); });
  }
  static void on_row(int /*end*/, void* self) {
    auto* reader = static_cast<Reader*>(self);
    reader->guarded([&] { reader->end_row(); });
  }

  void feed(std::string_view line) {
    const std::size_t nul = line.find('\0');
    require(nul == std::string_view::npos, "{} line {}, byte {}: found a NUL byte; expected text in UTF-8", source_,
            line_, nul + 1);
    const std::size_t invalid = find_invalid_utf8(line);
    require(invalid == line.size(), "{} line {}, byte {}: expected text in UTF-8, found the byte 0x{:02X}", source_,
            line_, invalid + 1, invalid < line.size() ? static_cast<unsigned char>(line[invalid]) : 0);
    if (between_rows_) row_line_ = line_;
    field_began_here_ = between_rows_;
    if (line.find_first_not_of("\r\n") != std::string_view::npos) between_rows_ = false;
    std::size_t used = 0;
    while (used < line.size()) {  // in pieces, so that a field without an end is noticed before it takes memory
      const std::string_view piece = line.substr(used, piece_bytes);
      const std::size_t taken = csv_parse(&parser_, piece.data(), piece.size(), on_field, on_row, this);
      if (failure_) std::rethrow_exception(failure_);
      used += taken;
      if (taken < piece.size()) break;
      require_short_field(csv_get_buffer_size(&parser_));
    }
    if (!between_rows_ && field_began_here_) quote_line_ = line_;
    if (used == line.size()) return;
    require(csv_error(&parser_) == CSV_EPARSE, "{} line {}: {}", source_, line_, csv_strerror(csv_error(&parser_)));
    fail(
        "{} line {}, byte {}: a double quote stands inside a field; expected the whole field in "
        "double quotes, with the ones inside it doubled",
        source_, line_, used + 1);
  }

  void finish() {
    const int status = csv_fini(&parser_, on_field, on_row, this);
    if (failure_) std::rethrow_exception(failure_);
    require(status == 0, "{} line {}: a double quote opens in this line and is never closed", source_, quote_line_);
  }

  void require_short_field(std::size_t bytes) {
    // The parser's buffer grows ahead of the field by up to a block.
    require(bytes <= max_csv_field_bytes + 2 * piece_bytes,
            "{} line {}: a field that begins here is longer than {} bytes; is a double quote never closed?", source_,
            field_began_here_ ? line_ : quote_line_, max_csv_field_bytes);
  }

  // A table of one column has no use as a data set; most likely the separator is another one.
  void require_separated() const {
    if (first_row_.size() != 1) return;
    const std::string& header = first_row_[0];
    for (const char other : {';', '\t', '|', ','}) {
      if (other == options_.separator || header.find(other) == std::string::npos) continue;
      const std::string name = other == '\t' ? "tab" : std::string(1, other);
      fail("{} line {}: the header is one field, '{}'; the separator seems to be '{}' (--separator '{}')", source_,
           row_line_, show(header), name, name);
    }
  }

  void add_field(std::string_view text) {
    if (table_) {
      table_->push_field(text);
    } else {
      first_row_.emplace_back(text);
    }
    const std::size_t fields = table_ ? table_->pending_fields() : first_row_.size();
    field_began_here_ = true;
    require(fields <= max_csv_columns, "{} line {}: more than {} fields in a row", source_, row_line_, max_csv_columns);
    require(text.size() <= max_csv_field_bytes, "{} line {}: field {} has {} bytes; at most {} are accepted", source_,
            row_line_, fields, text.size(), max_csv_field_bytes);
  }

  void end_row() {
    between_rows_ = true;
    if (table_) {
      table_->end_row(row_line_);
    } else if (options_.header) {
      require_separated();
      table_.emplace(source_, std::move(first_row_));
    } else {
      start_without_header();
    }
  }

  void start_without_header() {
    std::vector<std::string> names = options_.names;
    for (std::size_t i = 0; options_.names.empty() && i < first_row_.size(); ++i) {
      names.push_back(std::to_string(i + 1));
    }
    table_.emplace(source_, std::move(names));
    for (const std::string& field : first_row_) table_->push_field(field);
    table_->end_row(row_line_);
  }

  std::string source_;
  const CsvOptions& options_;
  csv_parser parser_{};
  std::int64_t line_ = 0;         // the physical line being fed, from 1
  std::int64_t row_line_ = 1;     // the physical line on which the current row began
  std::int64_t quote_line_ = 1;   // the physical line on which the unfinished field began
  bool field_began_here_ = true;  // whether it is the one being fed
  bool between_rows_ = true;
  std::vector<std::string> first_row_;  // until the table exists
  std::optional<Table> table_;
  std::exception_ptr failure_;
};

}  // namespace

Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
  const char c = options.separator;
  require(c != '"' && c != '\n' && c != '\r' && c != '\0' && !(options.trim_blanks && c == '\t'),
          "{}: the separator must not be a double quote, a line end or a trimmed blank", source);
  return Reader(source, options).read(text);
}

std::string read_csv_bytes(const std::filesystem::path& path) {
  std::error_code status;
  require(std::filesystem::exists(path, status), "cannot read {}: no such file", path.string());
  const std::filesystem::file_type type = std::filesystem::status(path, status).type();
  require(type == std::filesystem::file_type::regular, "cannot read {}: expected a regular file, found a {}",
          path.string(),
          type == std::filesystem::file_type::directory ? "folder"
          : type == std::filesystem::file_type::fifo    ? "pipe"
                                                        : "device or socket");
  const std::uintmax_t size = std::filesystem::file_size(path, status);
  require(!status, "cannot read {}: {}", path.string(), status.message());
  require(size <= max_csv_bytes, "cannot read {}: it has {} bytes; at most {} are accepted", path.string(), size,
          max_csv_bytes);
  return read_file(path);
}

Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  return parse_csv(read_csv_bytes(path), path.string(), options);
}

}  // namespace posthoc::data
