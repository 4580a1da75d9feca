#include "data/fetch.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/expect_error.h"
#include "support/http_server.h"
#include "support/temporary_folder.h"

namespace posthoc::data {
namespace {

using testing::fails_with;
using testing::HttpServer;
using testing::TemporaryFolder;
namespace fs = std::filesystem;

const std::string body = "a,b\n1,2\n";

NamedFile data_file(const std::string& url, const std::string& member = "") {
  return {.name = "data.csv",
          .sha256 = "492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470",
          .bytes = 8,
          .skip_lines = 0,
          .url = url,
          .archive_member = member};
}

std::string archive(const std::string& name) { return read_file("tests/golden/archives/" + name); }

const std::string header = "HTTP/1.1 200 OK\r\nConnection: close\r\n";

HttpServer server_of_everything() {
  return HttpServer({{"/good", HttpServer::file(body)},
                     {"/tampered", HttpServer::file("a,b\n1,3\n")},
                     {"/short", HttpServer::file("a,b\n")},
                     {"/truncated", {header + "Content-Length: 8\r\n\r\na,b\n"}},
                     {"/long", HttpServer::file(body + "3,4\n")},
                     {"/endless", {header + "\r\n", std::string(1 << 16, 'x')}},
                     {"/lying", {header + "Content-Length: 8\r\n\r\n" + body + "more"}},
                     {"/silent", {.response = "", .hang = true}},
                     {"/dripping", {.response = header + "\r\na", .hang = true}},
                     {"/loop", {"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"}},
                     {"/moved", {"HTTP/1.1 302 Found\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n"}},
                     {"/local", {"HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n"}},
                     {"/good.zip", HttpServer::file(archive("good.zip"))},
                     {"/evil.zip", HttpServer::file(archive("evil.zip"))},
                     {"/text.zip", HttpServer::file(body)},
                     {"/cut.zip", HttpServer::file(archive("good.zip").substr(0, 120))}});
}

// Impatient, so that a silent server is a short test.
const DownloadLimits impatient = {std::chrono::milliseconds(2000), std::chrono::seconds(1),
                                  std::chrono::milliseconds(1500)};

TEST(Fetch, AGoodFileIsWrittenWithItsFolders) {
  const HttpServer server = server_of_everything();
  const TemporaryFolder folder;
  for (const char* path : {"/good", "/moved", "/lying"}) {
    const fs::path target = folder / "new/folder" / (path + 1);
    fetch_file(data_file(server.url(path)), target);
    EXPECT_EQ(read_file(target), body);
  }
}

TEST(Fetch, AnythingElseIsRefusedAndLeavesNothingBehind) {
  const HttpServer server = server_of_everything();
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& path, std::initializer_list<std::string_view> parts) {
    const auto result =
        fails_with([&] { fetch_file(data_file(server.url(path)), folder / "sub/data.csv", impatient); }, parts);
    EXPECT_TRUE(fs::is_empty(folder.path())) << path;
    return result;
  };
  EXPECT_TRUE(refuses("/tampered", {"/tampered", "not", "published", "SHA-256"}));
  EXPECT_TRUE(refuses("/short", {"/short", "4 bytes, expected 8"}));
  EXPECT_TRUE(refuses("/truncated", {"/truncated"}));
  EXPECT_TRUE(refuses("/long", {"/long", "longer than the 8 bytes"}));
  EXPECT_TRUE(refuses("/endless", {"/endless", "longer than the 8 bytes"}));
  EXPECT_TRUE(refuses("/none", {"/none", "404"}));
  EXPECT_TRUE(refuses("/silent", {"/silent"}));
  EXPECT_TRUE(refuses("/dripping", {"/dripping"}));
  EXPECT_TRUE(refuses("/loop", {"/loop", "redirects"}));
  EXPECT_TRUE(refuses("/local", {"/local"}));
}

TEST(Fetch, WhatWasThereStaysWhenADownloadFails) {
  const HttpServer server = server_of_everything();
  const TemporaryFolder folder;
  write_file(folder / "data.csv", "old");
  EXPECT_TRUE(fails_with([&] { fetch_file(data_file(server.url("/tampered")), folder / "data.csv"); }, {"SHA-256"}));
  EXPECT_EQ(read_file(folder / "data.csv"), "old");
  fetch_file(data_file(server.url("/good")), folder / "data.csv");
  EXPECT_EQ(read_file(folder / "data.csv"), body);
}

TEST(Fetch, AServerThatIsGoneOrAnotherProtocolIsAnError) {
  const TemporaryFolder folder;
  std::string url;
  {
    const HttpServer server({});
    url = server.url("/data.csv");
  }
  EXPECT_TRUE(fails_with([&] { fetch_file(data_file(url), folder / "data.csv", impatient); }, {url, "connect"}));
  const std::string local = "file://" + fs::absolute("README.md").string();
  EXPECT_TRUE(fails_with([&] { fetch_file(data_file(local), folder / "data.csv"); }, {"README.md"}));
  EXPECT_TRUE(fails_with([&] { fetch_file(data_file(""), folder / "data.csv"); }, {"cannot download"}));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Fetch, AFileIsTakenFromAnArchiveByItsPathOrName) {
  const HttpServer server = server_of_everything();
  const TemporaryFolder folder;
  for (const char* member : {"folder/data.csv", "data.csv"}) {
    fetch_file(data_file(server.url("/good.zip"), member), folder / "good.csv");
    EXPECT_EQ(read_file(folder / "good.csv"), body);
    fs::remove(folder / "good.csv");
  }
  // The path in the archive leads out of the folder; the file is written where it was asked for alone.
  fs::create_directories(folder / "a/b");
  fetch_file(data_file(server.url("/evil.zip"), "data.csv"), folder / "a/b/data.csv");
  EXPECT_FALSE(fs::exists(folder / "evil"));
  EXPECT_EQ(read_file(folder / "a/b/data.csv"), body);
}

TEST(Fetch, ABadArchiveIsRefused) {
  const HttpServer server = server_of_everything();
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& path, const std::string& member,
                           std::initializer_list<std::string_view> parts) {
    return fails_with([&] { fetch_file(data_file(server.url(path), member), folder / "data.csv"); }, parts);
  };
  EXPECT_TRUE(refuses("/good.zip", "a.csv", {"/good.zip", "no file 'a.csv'"}));
  EXPECT_TRUE(refuses("/good.zip", "folder", {"no file 'folder'"}));  // it is a folder
  EXPECT_TRUE(refuses("/good.zip", "other.txt", {"SHA-256"}));
  EXPECT_TRUE(refuses("/text.zip", "data.csv", {"/text.zip"}));
  EXPECT_TRUE(refuses("/cut.zip", "folder/data.csv", {"/cut.zip"}));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Fetch, AnArchiveThatUnpacksToMoreThanExpectedIsCut) {
  EXPECT_EQ(extract_zip_member(archive("bomb.zip"), "bomb.csv", 100'000, "bomb.zip").size(), 100'000U);
  EXPECT_TRUE(fails_with([] { extract_zip_member(archive("bomb.zip"), "bomb.csv", 99'999, "bomb.zip"); },
                         {"bomb.zip", "longer than the 99999 bytes"}));
}

TEST(Fetch, AMirrorIsAFolderOrAnArchive) {
  const NamedFile plain = data_file("https://example.org/data.csv");
  const NamedFile packed = data_file("https://example.org/x.zip", "x/data.csv");
  EXPECT_EQ(at_mirror(plain, "http://m/d").url, "http://m/d/data.csv");
  EXPECT_EQ(at_mirror(packed, "http://m/d/").url, "http://m/d/data.csv");
  EXPECT_EQ(at_mirror(packed, "http://m/d/").archive_member, "");
  EXPECT_EQ(at_mirror(plain, "http://m/y.zip").archive_member, "data.csv");
  EXPECT_EQ(at_mirror(packed, "http://m/y.zip").archive_member, "x/data.csv");
  EXPECT_EQ(at_mirror(packed, "http://m/y.zip").url, "http://m/y.zip");
}

TEST(Fetch, ThePlanNamesWhatIsMissingAndWhatIsInTheWay) {
  const TemporaryFolder folder;
  const Environment environment{"", folder.path().string(), ""};
  NamedDataset dataset;
  dataset.name = "made-up";
  dataset.files = {data_file("http://127.0.0.1/data.csv")};
  const fs::path cached = folder / "posthoc/made-up/data.csv";

  auto plan = plan_fetch(dataset, std::nullopt, environment);
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_FALSE(plan[0].there);
  EXPECT_EQ(plan[0].path, cached);
  EXPECT_EQ(plan_fetch(dataset, folder.path(), environment)[0].path, folder / "made-up/data.csv");

  fs::create_directories(cached.parent_path());
  write_file(cached, body);
  EXPECT_TRUE(plan_fetch(dataset, std::nullopt, environment)[0].there);
  EXPECT_FALSE(plan_fetch(dataset, folder.path(), environment)[0].there);
  write_file(cached, "tampered");  // where the download goes: it is replaced
  EXPECT_FALSE(plan_fetch(dataset, std::nullopt, environment)[0].there);
  EXPECT_EQ(plan_fetch(dataset, std::nullopt, environment)[0].path, cached);

  write_file(folder / "data.csv", "tampered");
  const Environment with_data{folder.path().string(), folder.path().string(), ""};
  EXPECT_TRUE(fails_with([&] { plan_fetch(dataset, std::nullopt, with_data); }, {"made-up", "data.csv", "remove it"}));
  EXPECT_TRUE(fails_with([&] { plan_fetch(dataset, std::nullopt, {}); }, {"no cache folder", "--data-dir"}));
  EXPECT_TRUE(fails_with([&] { plan_fetch(dataset, folder / "none", environment); }, {"no such folder"}));
  dataset.files.clear();
  EXPECT_TRUE(plan_fetch(dataset, std::nullopt, environment).empty());
}

}  // namespace
}  // namespace posthoc::data
