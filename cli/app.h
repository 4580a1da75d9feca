#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace posthoc::cli {

/// The program: runs the command that the arguments (without the program's name) ask for. Results go to `out`, progress
/// and errors to `err`. Returns the exit code: 0 done, 1 failed, 2 usage; a failure is one line on `err`.
int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace posthoc::cli
