#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "architecture/rooms.h"
#include "base/error.h"
#include "base/file.h"
#include "support/temporary_folder.h"

namespace posthoc::testing {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

Rooms documented_rooms() { return read_room_table(read_file("docs/architecture.md")); }

// A house of four rooms: each stands on the one before, and side on base alone.
constexpr std::string_view kTable =
    "| folder | holds | may use |\n"
    "| --- | --- | --- |\n"
    "| `base/` | the ground | nothing |\n"
    "| `middle/` | a | b, of c | base |\n"
    "| `side/` | more | base |\n"
    "| `top/` | the rest | middle |\n";

TEST(Architecture, EveryIncludeIsOneTheTableAllows) { EXPECT_EQ(include_violations(".", documented_rooms()), Lines()); }

TEST(Architecture, EveryLinkIsOneTheTableAllows) {
  const Rooms links = read_link_graph(read_file(POSTHOC_LINK_GRAPH));
  EXPECT_EQ(link_violations(links, documented_rooms()), Lines());
}

TEST(Architecture, EveryRoomWithABuildFileIsBuilt) {
  const Rooms links = read_link_graph(read_file(POSTHOC_LINK_GRAPH));
  ASSERT_TRUE(links.contains("base"));
  for (const auto& [room, may_use] : documented_rooms()) {
    EXPECT_EQ(links.contains(room), fs::exists(fs::path(room) / "CMakeLists.txt")) << room;
  }
}

TEST(Architecture, EverySourceIncludesItsOwnHeaderFirst) {
  EXPECT_EQ(own_header_violations(".", documented_rooms()), Lines());
}

TEST(RoomTable, PassesPermissionOn) {
  const Rooms expected = {{"base", {}}, {"middle", {"base"}}, {"side", {"base"}}, {"top", {"base", "middle"}}};
  EXPECT_EQ(read_room_table(kTable), expected);
  const Rooms all = read_room_table(std::string(kTable) + "| `cli/` | all | everything |\n");
  EXPECT_EQ(all.at("cli"), (std::set<std::string>{"base", "middle", "side", "top"}));
}

TEST(RoomTable, RejectsATableThatMakesNoSense) {
  EXPECT_THROW(read_room_table("no table here"), Error);
  EXPECT_THROW(read_room_table("| `a/` | x | b |\n"), Error);
  EXPECT_THROW(read_room_table("| `a/` | x | nothing |\n| `a/` | x | nothing |\n"), Error);
  EXPECT_THROW(read_room_table("| `a/` | x | b |\n| `b/` | x | a |\n"), Error);
}

TEST(IncludeCheck, ReportsEachBadIncludeWithItsLine) {
  const TemporaryFolder root;
  for (const char* folder : {"base", "middle", "middle/deep", "side", "top"}) fs::create_directory(root / folder);
  write_file(root / "base/ground.h", "#include <vector>\n");
  write_file(root / "middle/fine.cpp", "#include \"middle/fine.h\"\n#include \"base/ground.h\"\n");
  write_file(root / "middle/deep/up.h", "#pragma once\n\n  #  include \"top/x.h\"\n");
  write_file(root / "side/beside.cpp", "#include <middle/x.h>\n");
  write_file(root / "top/fine.cpp", "#include \"base/ground.h\"\n");
  write_file(root / "top/loose.h", "#include \"loose.h\"\n#include \"tests/x.h\"\n");
  EXPECT_EQ(include_violations(root.path(), read_room_table(kTable)),
            (Lines{"middle/deep/up.h:3: includes top/x.h, but middle may use base",
                   "side/beside.cpp:1: includes middle/x.h, but side may use base",
                   "top/loose.h:1: includes \"loose.h\", which names no room; expected a path from "
                   "the root",
                   "top/loose.h:2: includes \"tests/x.h\", which names no room; expected a path "
                   "from the root"}));
}

TEST(LinkCheck, ReportsUpwardLinksAndUnknownRooms) {
  const Rooms links = read_link_graph("base: \nmiddle: base\ntop: base middle\n");
  EXPECT_EQ(link_violations(links, read_room_table(kTable)), Lines());
  EXPECT_EQ(link_violations(read_link_graph("base: top\nattic: base\n"), read_room_table(kTable)),
            (Lines{"attic is built, but has no row", "base links top, but may use nothing"}));
  EXPECT_THROW(read_link_graph("base\n"), Error);
}

TEST(OwnHeaderCheck, ReportsAnotherHeaderFirst) {
  const TemporaryFolder root;
  fs::create_directory(root / "base");
  for (const char* header : {"base/good.h", "base/late.h", "base/none.h"}) write_file(root / header, "");
  write_file(root / "base/good.cpp", "#include \"base/good.h\"\n");
  write_file(root / "base/late.cpp", "#include <vector>\n#include \"base/late.h\"\n");
  write_file(root / "base/none.cpp", "");
  write_file(root / "base/alone.cpp", "#include <vector>\n");
  EXPECT_EQ(own_header_violations(root.path(), read_room_table(kTable)),
            (Lines{"base/late.cpp: expected its first include to be \"base/late.h\"",
                   "base/none.cpp: expected its first include to be \"base/none.h\""}));
}

}  // namespace
}  // namespace posthoc::testing
