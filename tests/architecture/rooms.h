#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace posthoc::testing {

/// For each room the rooms it may use (or links).
using Rooms = std::map<std::string, std::set<std::string>>;

/// The table `| folder | holds | may use |` of a Markdown page, with permission passed on: a room may use what the
/// rooms it may use may use. "nothing" is no room, "everything" every other one. Throws `Error` for a name that has
/// no row, a room twice, a cycle, or a page without the table.
Rooms read_room_table(std::string_view markdown);

/// The lines "<room>: <rooms it links>" that CMake writes.
Rooms read_link_graph(std::string_view lines);

/// One line a link that the table does not allow, and one a linked room without a row.
std::vector<std::string> link_violations(const Rooms& links, const Rooms& table);

/// One line an include in `root`/<room> that the table does not allow, with its file and line. In quotes stands
/// a path from the root that begins with a room; anything else in quotes is reported too.
std::vector<std::string> include_violations(const std::filesystem::path& root, const Rooms& table);

/// One line a source x.cpp beside an x.h that includes another header first: the order that shows that each header
/// compiles alone.
std::vector<std::string> own_header_violations(const std::filesystem::path& root, const Rooms& table);

}  // namespace posthoc::testing
