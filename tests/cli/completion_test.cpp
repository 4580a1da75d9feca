#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Words = std::set<std::string>;

std::string script(const std::string& shell) {
  const Ran ran = run_program({"completion", shell});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  return ran.out;
}

bool installed(const std::string& shell) {
  return std::system(("command -v " + shell + " >/dev/null 2>&1").c_str()) == 0;
}

// The lines that the shell prints for `code`, with the completion script at `folder`/script.
Words lines_of(const std::string& shell, const std::string& options, const std::string& code,
               const TemporaryFolder& folder) {
  write_file(folder / "script", script(shell));
  write_file(folder / "code", code);
  const std::string command = "cd '" + folder.path().string() + "' && " + shell + options + " ./code 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0) << text;
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line.substr(0, line.find('\t')));
  return lines;
}

// What the shell offers for the last of `words`, all of which are plain.
Words completed(const std::string& shell, const std::vector<std::string>& words, const TemporaryFolder& folder) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + (word.empty() ? "''" : word);
  const std::string last = std::to_string(words.size() - 1);
  if (shell == "bash") {
    return lines_of(shell, " --norc",
                    "source ./script\nCOMP_WORDS=(" + line + ")\nCOMP_CWORD=" + last +
                        "\n_posthoc\n[[ ${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' \"${COMPREPLY[@]}\"\n",
                    folder);
  }
  if (shell == "zsh") {  // without its line editor; what would be offered is printed
    return lines_of(shell, " -f",
                    "compadd() { shift; print -l -- $@ }\n_files() { print -l -- * }\n"
                    "_describe() { [[ $1 == -o ]] && shift; print -l -- ${${(P)2}%%:*} }\n"
                    "source ./script\nwords=(" +
                        line + ")\nCURRENT=" + std::to_string(words.size()) + "\n_posthoc\n",
                    folder);
  }
  std::string plain;
  for (const std::string& word : words) plain += (plain.empty() ? "" : " ") + word;
  return lines_of(shell, " --no-config", "source ./script\ncomplete -C '" + plain + "'\n", folder);
}

bool contains(const Words& all, const Words& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

class Completion : public ::testing::TestWithParam<const char*> {};

TEST_P(Completion, OffersCommandsOptionsAndValues) {
  const std::string shell = GetParam();
  if (!installed(shell)) GTEST_SKIP() << shell << " is not installed";
  const TemporaryFolder folder;
  write_file(folder / "model.safetensors", "");
  const auto offers = [&](const std::vector<std::string>& words, const Words& some) {
    const Words all = completed(shell, words, folder);
    std::string text;
    for (const std::string& word : all) text += " " + word;
    return ::testing::AssertionResult(contains(all, some)) << shell << " offers" << text;
  };
  EXPECT_TRUE(offers({"posthoc", ""}, {"audit", "data", "train", "evaluate", "debias", "completion"}));
  EXPECT_TRUE(offers({"posthoc", "data", ""}, {"list", "describe", "fetch"}));
  EXPECT_TRUE(offers({"posthoc", "data", "fetch", ""}, {"adult", "bank", "compas", "synthetic"}));
  EXPECT_TRUE(offers({"posthoc", "postprocess", "--"}, {"--fit", "--apply", "--reject-option-mode", "--prefix"}));
  EXPECT_TRUE(offers({"posthoc", "apply", "--"}, {"--input", "--unknown", "--model"}));
  EXPECT_TRUE(offers({"posthoc", "debias", "--"}, {"--measure", "--lambda", "--random-trials", "--json"}));
  EXPECT_TRUE(offers({"posthoc", "debias", "--quiet", "--measure", ""}, {"spd", "eod", "aod"}));
  EXPECT_TRUE(offers({"posthoc", "debias", "--performance", ""}, {"accuracy", "auc"}));
  EXPECT_TRUE(offers({"posthoc", "debias", "--method", ""}, {"majority", "default", "threshold", "random", "all"}));
  EXPECT_TRUE(offers({"posthoc", "postprocess", "--method", ""}, {"threshold", "reject-option"}));
  EXPECT_FALSE(offers({"posthoc", "postprocess", "--method", ""}, {"random"}));
  EXPECT_TRUE(offers({"posthoc", "evaluate", "--model", ""}, {"model.safetensors"}));
  EXPECT_TRUE(offers({"posthoc", "audit", "--interval", ""}, {"bca", "percentile"}));
  EXPECT_TRUE(offers({"posthoc", "train", "--data", ""}, {"adult", "synthetic", "model.safetensors"}));
  EXPECT_TRUE(offers({"posthoc", "completion", ""}, {"bash", "zsh", "fish"}));
}

INSTANTIATE_TEST_SUITE_P(Shells, Completion, ::testing::Values("bash", "zsh", "fish"),
                         [](const auto& test) { return std::string(test.param); });

TEST(CompletionInBash, OffersOnlyWhatBeginsAsTheWordDoes) {
  if (!installed("bash")) GTEST_SKIP() << "bash is not installed";
  const TemporaryFolder folder;
  EXPECT_EQ(completed("bash", {"posthoc", "deb"}, folder), Words{"debias"});
  EXPECT_EQ(completed("bash", {"posthoc", "debias", "--meas"}, folder), Words{"--measure"});
  EXPECT_EQ(completed("bash", {"posthoc", "debias", "--measure", "sp"}, folder), Words{"spd"});
  EXPECT_EQ(completed("bash", {"posthoc", "debias", "--measure", "=", "sp"}, folder), Words{"spd"});
  EXPECT_EQ(completed("bash", {"posthoc", "debias", "--lambda", ""}, folder), Words{});
  // A value that is called like a command is no command.
  EXPECT_EQ(completed("bash", {"posthoc", "train", "--data", "data", "--dep"}, folder), Words{"--depth"});
}

TEST(CompletionCommand, AnUnknownShellIsRefused) {
  const TemporaryFolder folder;
  EXPECT_TRUE(refuses({"completion", "tcsh"}, 2, "tcsh", folder));
  EXPECT_TRUE(refuses({"completion"}, 2, "shell", folder));
}

}  // namespace
}  // namespace posthoc::testing
