#include <algorithm>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

// The words of a command line as a shell would part them; of quoting only '...' is known.
Arguments words_of(const std::string& line) {
  Arguments words;
  std::string word;
  bool in_word = false;
  bool quoted = false;
  for (const char c : line + " ") {
    if (c == '\'') {
      quoted = !quoted;
      in_word = true;
    } else if (c == ' ' && !quoted) {
      if (in_word) words.push_back(word);
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  return words;
}

// The commands of a document's first block of code, without the program's name.
std::vector<Arguments> first_commands(const std::string& document) {
  const std::string fence = "```\n";
  const std::size_t begin = document.find(fence) + fence.size();
  std::string block = document.substr(begin, document.find(fence, begin) - begin);
  for (std::size_t at = block.find("\\\n"); at != std::string::npos; at = block.find("\\\n", at)) {
    block[at] = ' ';
    block[at + 1] = ' ';
  }
  std::vector<Arguments> commands;
  std::istringstream lines(block);
  for (std::string line; std::getline(lines, line);) {
    Arguments words = words_of(line);
    if (words.empty() || words[0] != "posthoc") {
      ADD_FAILURE() << "no command: " << line;
      continue;
    }
    words.erase(words.begin());
    commands.push_back(words);
  }
  return commands;
}

TEST(DocsExample, TheCommandsOfDataMdWorkAsTheyStand) {
  std::vector<Arguments> commands = first_commands(read_file("docs/data.md"));
  ASSERT_EQ(commands.size(), 3U);
  const TemporaryFolder folder;
  const std::string model = (folder / "model.safetensors").string();
  ASSERT_EQ(std::count(commands[2].begin(), commands[2].end(), "model.safetensors"), 1);
  std::replace(commands[2].begin(), commands[2].end(), std::string("model.safetensors"), model);
  std::vector<std::string> outputs;
  for (const Arguments& command : commands) {
    const Ran ran = run_program(command);
    EXPECT_EQ(ran.code, 0) << ran.err;
    outputs.push_back(ran.out);
  }
  // What the text beneath them says: columns with their missing values, then the options' result, then a model.
  for (const char* part : {"60 rows, 6 columns", "column", "distinct", "missing", "income"}) {
    EXPECT_NE(outputs[0].find(part), std::string::npos) << part << " in " << outputs[0];
  }
  for (const char* part : {"57 rows", "60 rows read", "3 dropped for missing values", "privileged: sex = man"}) {
    EXPECT_NE(outputs[1].find(part), std::string::npos) << part << " in " << outputs[1];
  }
  EXPECT_NE(outputs[2].find("3 of 60 rows were dropped for missing values"), std::string::npos) << outputs[2];
  EXPECT_TRUE(std::filesystem::exists(model));
}

// Runs a document's first block of code, each file that it writes or reads anew in `folder`.
void expect_to_work(std::vector<Arguments> commands, const TemporaryFolder& folder) {
  for (Arguments& command : commands) {
    for (std::string& word : command) {
      const bool own = word == "decisions.csv" || word == "model.safetensors" || word == "new.csv";
      if (own) word = (folder / word).string();
    }
    const Ran ran = run_program(command);
    EXPECT_EQ(ran.code, 0) << ran.err;
  }
}

// What stands in a document between the line `fence` and the end of that block, the first such block at or after
// `from`.
std::string block_of(const std::string& document, const std::string& fence, std::size_t& from) {
  const std::size_t begin = document.find(fence + "\n", from) + fence.size() + 1;
  from = document.find("```\n", begin);
  return document.substr(begin, from - begin);
}

TEST(DocsExample, TheStudyOfStudiesMdWorksAsItStands) {
  const std::string document = read_file("docs/studies.md");
  const TemporaryFolder folder;
  std::size_t at = 0;
  write_file(folder / "loans.toml", block_of(document, "```toml", at));
  std::filesystem::copy_file("examples/loans.csv", folder / "loans.csv");
  at += 4;
  std::vector<Arguments> commands = first_commands("```\n" + block_of(document, "```", at) + "```\n");
  ASSERT_EQ(commands.size(), 2U);
  std::string last;
  for (Arguments& command : commands) {
    for (std::string& word : command) {
      if (word.starts_with("loans")) word = (folder / word).string();
    }
    const Ran ran = run_program(command);
    EXPECT_EQ(ran.code, 0) << ran.err;
    last = ran.out;
  }
  EXPECT_NE(last.find("loans: complete; 2 networks, 6 cells"), std::string::npos) << last;
}

TEST(DocsExample, TheCommandsOfPostprocessMdWorkAsTheyStand) {
  const TemporaryFolder folder;
  const std::vector<Arguments> commands = first_commands(read_file("docs/postprocess.md"));
  ASSERT_EQ(commands.size(), 2U);
  expect_to_work(commands, folder);
  const std::string decisions = read_file(folder / "decisions.csv");
  EXPECT_TRUE(decisions.starts_with("id,label,group,score,favourable_probability,decision\n"))
      << decisions.substr(0, 80);
}

TEST(DocsExample, TheCommandsOfApplyMdWorkAsTheyStand) {
  const TemporaryFolder folder;
  const std::vector<Arguments> commands = first_commands(read_file("docs/apply.md"));
  ASSERT_EQ(commands.size(), 2U);
  write_file(folder / "new.csv", "job,sex,age,income\nnurse,woman,30,2000\n");
  expect_to_work(commands, folder);
  EXPECT_TRUE(read_file(folder / "decisions.csv").starts_with("job,sex,age,income,score,group,"));
}

}  // namespace
}  // namespace posthoc::testing
