#include <gtest/gtest.h>

#include "base/error.h"
#include "cli/program.h"
#include "data/named.h"
#include "support/http_server.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

// The published files of a named data set on a local server, or nothing where they are absent.
std::map<std::string, HttpServer::Answer> published(const std::string& name) {
  std::map<std::string, HttpServer::Answer> answers;
  const auto folders = data::data_folders(std::nullopt, data::Environment::of_process());
  try {
    for (const data::NamedFile& file : data::named_dataset(name).files) {
      answers["/" + file.name] = HttpServer::file(read_file(data::locate(name, file.name, folders)));
    }
  } catch (const Error&) {
    answers.clear();
  }
  return answers;
}

TEST(DataFetch, FetchesChecksAndUsesThePublishedFiles) {
  for (const std::string name : {"adult", "bank", "compas"}) {
    const auto answers = published(name);
    if (answers.empty()) GTEST_SKIP() << "the files of " << name << " are not in ./data, ../shared/data or the cache";
    const HttpServer server(answers);
    const TemporaryFolder folder;
    const Arguments fetch = {"data", "fetch", name, "--data-dir", folder.path().string(), "--url", server.url()};
    const Json first = json_of(fetch);
    EXPECT_EQ(server.requests(), static_cast<int>(answers.size()));
    for (const Json& file : first["files"]) {
      EXPECT_EQ(file["downloaded"], true);
      EXPECT_EQ(file["path"], (folder / name / file["name"]).string());
      EXPECT_EQ(fs::file_size(file["path"].get<std::string>()), file["bytes"]);
    }
    const Json again = json_of(fetch);
    EXPECT_EQ(server.requests(), static_cast<int>(answers.size())) << "downloaded again";
    for (const Json& file : again["files"]) EXPECT_EQ(file["downloaded"], false);
    const Ran said = run_program(fetch);
    EXPECT_EQ(said.code, 0) << said.err;
    EXPECT_NE(said.out.find("already there"), std::string::npos);
    EXPECT_NE(said.out.find(folder.path().string()), std::string::npos);
    EXPECT_EQ(files_in(folder.path()).size(), answers.size() + 1);  // the files and their folder
  }
}

TEST(DataFetch, WhatIsNotThePublishedFileIsRefused) {
  const HttpServer server({{"/compas-scores-two-years.csv", HttpServer::file("id,name\n1,x\n")}});
  const TemporaryFolder folder;
  const auto fetch = [&](const std::string& name, const std::string& url) {
    return Arguments{"data", "fetch", name, "--data-dir", folder.path().string(), "--url", url, "--quiet"};
  };
  EXPECT_TRUE(refuses(fetch("compas", server.url()), 1, "SHA-256", folder));
  EXPECT_TRUE(refuses(fetch("bank", server.url()), 1, "404", folder));
  EXPECT_TRUE(refuses(fetch("nobody", server.url()), 1, "no data set is called 'nobody'", folder));
  EXPECT_TRUE(refuses(fetch("compas", ""), 2, "--url", folder));
  EXPECT_TRUE(refuses({"data", "fetch"}, 2, "name", folder));
}

TEST(DataFetch, GeneratedDataNeedNoFile) {
  const Json json = json_of({"data", "fetch", "synthetic"});
  EXPECT_EQ(json["files"], Json::array());
  EXPECT_TRUE(json["version"].get<std::string>().starts_with("posthoc "));
}

}  // namespace
}  // namespace posthoc::testing
