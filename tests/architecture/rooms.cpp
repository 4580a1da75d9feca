#include "architecture/rooms.h"

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <sstream>

#include "base/error.h"
#include "base/file.h"

namespace posthoc::testing {
namespace fs = std::filesystem;

namespace {

struct Include {
  std::size_t line;
  bool quoted;       // "x" rather than <x>
  std::string path;  // as written
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex directive(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<Include> includes;
  std::istringstream text(read_file(file));
  std::string line;
  for (std::size_t number = 1; std::getline(text, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, directive)) includes.push_back({number, match[1] == "\"", match[2]});
  }
  return includes;
}

std::vector<fs::path> sources_of(const fs::path& folder) {
  static const std::set<std::string> extensions{".h", ".cpp", ".cu", ".cuh"};
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (extensions.contains(entry.path().extension().string())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::set<std::string> words_of(const std::string& text) {
  static const std::regex separator(R"([\s,`/|]+)");
  std::set<std::string> words(std::sregex_token_iterator(text.begin(), text.end(), separator, -1),
                              std::sregex_token_iterator());
  words.erase("");
  return words;
}

std::string listed(const std::set<std::string>& rooms) {
  return rooms.empty() ? "nothing" : fmt::format("{}", fmt::join(rooms, ", "));
}

bool allowed(const Rooms& table, const std::string& from, const std::string& to) {
  return from == to || table.at(from).contains(to);
}

// Adds what the used rooms may use until nothing is new.
void pass_permission_on(Rooms& table) {
  for (bool grown = true; grown;) {
    grown = false;
    for (auto& [room, may_use] : table) {
      const std::set<std::string> direct = may_use;
      for (const std::string& used : direct) may_use.insert(table.at(used).begin(), table.at(used).end());
      grown = grown || may_use.size() > direct.size();
    }
  }
}

// What is wrong with the include of a file of `room`; empty if nothing is.
std::string objection(const Include& include, const std::string& room, const Rooms& table) {
  const std::string target = include.path.substr(0, include.path.find('/'));
  if (table.contains(target) && target != include.path) {
    if (allowed(table, room, target)) return "";
    return fmt::format("includes {}, but {} may use {}", include.path, room, listed(table.at(room)));
  }
  if (!include.quoted) return "";
  return fmt::format("includes \"{}\", which names no room; expected a path from the root", include.path);
}

}  // namespace

Rooms read_room_table(std::string_view markdown) {
  static const std::regex row(R"re(^\| `(\w+)/` \|.*\| ([^|]*) \|\s*$)re");
  Rooms table;
  std::istringstream text{std::string(markdown)};
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    require(table.emplace(match[1], words_of(match[2])).second, "room table: {} stands twice", match[1].str());
  }
  require(!table.empty(), "room table: no row like | `base/` | ... | nothing | was found");

  std::set<std::string> everything;
  for (const auto& [room, may_use] : table) everything.insert(room);
  for (auto& [room, may_use] : table) {
    if (may_use == std::set<std::string>{"nothing"}) may_use.clear();
    if (may_use == std::set<std::string>{"everything"}) {
      may_use = everything;
      may_use.erase(room);
    }
    for (const std::string& used : may_use)
      require(table.contains(used), "room table: {} may use {}, which has no row", room, used);
  }
  pass_permission_on(table);
  for (const auto& [room, may_use] : table)
    require(!may_use.contains(room), "room table: {} may use itself through others", room);
  return table;
}

Rooms read_link_graph(std::string_view lines) {
  Rooms links;
  std::istringstream text{std::string(lines)};
  for (std::string line; std::getline(text, line);) {
    const std::size_t colon = line.find(':');
    require(colon != std::string::npos, "link graph: expected \"room: rooms\", got \"{}\"", line);
    links.emplace(line.substr(0, colon), words_of(line.substr(colon + 1)));
  }
  return links;
}

std::vector<std::string> link_violations(const Rooms& links, const Rooms& table) {
  std::vector<std::string> violations;
  for (const auto& [room, linked] : links) {
    if (!table.contains(room)) {
      violations.push_back(fmt::format("{} is built, but has no row", room));
      continue;
    }
    for (const std::string& target : linked) {
      if (!allowed(table, room, target))
        violations.push_back(fmt::format("{} links {}, but may use {}", room, target, listed(table.at(room))));
    }
  }
  return violations;
}

std::vector<std::string> include_violations(const fs::path& root, const Rooms& table) {
  std::vector<std::string> violations;
  for (const auto& [room, may_use] : table) {
    for (const fs::path& file : sources_of(root / room)) {
      for (const Include& include : includes_of(file)) {
        const std::string why = objection(include, room, table);
        if (!why.empty())
          violations.push_back(fmt::format("{}:{}: {}", file.lexically_relative(root).string(), include.line, why));
      }
    }
  }
  return violations;
}

std::vector<std::string> own_header_violations(const fs::path& root, const Rooms& table) {
  std::vector<std::string> violations;
  for (const auto& [room, may_use] : table) {
    for (const fs::path& file : sources_of(root / room)) {
      const fs::path header = fs::path(file).replace_extension(".h");
      if (file.extension() == ".h" || !fs::exists(header)) continue;
      const std::string own = header.lexically_relative(root).string();
      const std::vector<Include> includes = includes_of(file);
      if (includes.empty() || includes.front().path != own)
        violations.push_back(
            fmt::format("{}: expected its first include to be \"{}\"", file.lexically_relative(root).string(), own));
    }
  }
  return violations;
}

}  // namespace posthoc::testing
