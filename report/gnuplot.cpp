#include "report/gnuplot.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

extern char** environ;

namespace posthoc::report {
namespace {

// A fresh folder that vanishes with what is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "posthoc-figures-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr, "no folder for figures could be made at {}: {}", name,
            std::strerror(errno));
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Runs a program with its output going to a file. The status that waitpid gives.
int run(const std::filesystem::path& program, std::vector<std::string> arguments, const std::filesystem::path& log) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &files, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  require(error == 0, "{} could not be started: {}", program.string(), std::strerror(error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    require(errno == EINTR, "{} could not be waited for: {}", program.string(), std::strerror(errno));
  }
  return status;
}

// cairo writes the time of day into a PDF; here it is the same for ever, in as many bytes.
void fix_date(std::string& pdf) {
  const std::string_view key = "/CreationDate (D:";
  for (std::size_t at = pdf.find(key); at != std::string::npos; at = pdf.find(key, at + 1)) {
    for (std::size_t i = at + key.size(); i < pdf.size() && pdf[i] != ')'; ++i) {
      if (pdf[i] >= '0' && pdf[i] <= '9') pdf[i] = '0';
    }
  }
}

std::string one_line(std::string text) {
  for (char& letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') letter = ' ';
  }
  const std::size_t start = text.find_first_not_of(' ');
  return start == std::string::npos ? "" : text.substr(start, text.find_last_not_of(' ') + 1 - start);
}

}  // namespace

std::optional<Gnuplot> Gnuplot::find() {
  const char* path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "";
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::filesystem::path program = std::filesystem::path(folders.substr(0, end)) / "gnuplot";
    std::error_code ignored;
    if (end > 0 && access(program.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(program, ignored)) {
      return Gnuplot(program);
    }
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return std::nullopt;
}

Drawn Gnuplot::draw(const Figure& figure) const {
  const ScratchFolder folder;
  const std::filesystem::path svg = folder / "figure.svg";
  const std::filesystem::path pdf = folder / "figure.pdf";
  const std::filesystem::path script = folder / "figure.gnuplot";
  const std::filesystem::path log = folder / "log";
  constexpr double kPixelsAnInch = 96;
  // Two terminals for one script; the first plot's settings are gone before the second.
  write_file(script, fmt::format("set encoding utf8\n"
                                 "set terminal svg size {0},{1} font 'DejaVu Sans,13' noenhanced background 'white'\n"
                                 "set output {2}\n{4}\nunset output\nreset\n"
                                 "set terminal pdfcairo size {5:.4f}in,{6:.4f}in font 'DejaVu Sans,9' noenhanced\n"
                                 "set output {3}\n{4}\nunset output\n",
                                 figure.width, figure.height, gnuplot_text(svg.string()), gnuplot_text(pdf.string()),
                                 figure.script, figure.width / kPixelsAnInch, figure.height / kPixelsAnInch));
  // -d: without the user's own settings.
  const int status = run(program_, {program_.string(), "-d", script.string()}, log);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || !std::filesystem::exists(svg) ||
      !std::filesystem::exists(pdf)) {
    fail("{} could not draw the figure {}: {}", program_.string(), figure.id, one_line(read_file(log)));
  }
  Drawn drawn{read_file(svg), read_file(pdf)};
  fix_date(drawn.pdf);
  return drawn;
}

std::string gnuplot_text(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += "\u2019";  // a doubled quote is not understood at the start of a text
    } else if (static_cast<unsigned char>(letter) < ' ' || letter == '`') {
      quoted += ' ';  // no line breaks; and a backquote, in other places, runs a command
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

}  // namespace posthoc::report
