#pragma once

#include <functional>
#include <string>
#include <string_view>

// What every program here has in common: a row is timed only after its result was found right.

namespace posthoc::bench {

/// When a row is part of a run: always (`smoke`), unless the run is a smoke test, or only in a run of some minutes.
enum class Size { smoke, quick, full };

/// What a row measures. Its name is `what` and `on`, by which `rows.py` finds the same row of a peer.
struct Work {
  int row = 0;            ///< of the table in docs/performance.md, "Benchmarks"; 0: a part of one
  std::string what;       ///< "one trial"
  std::string on;         ///< "adult"
  double pieces = 1.0;    ///< how often a step does it; all that follows, and the time reported, is of one
  double flop = 0.0;      ///< floating-point operations; 0 where they say nothing
  double items = 0.0;     ///< what there is a time for each of; 0: nothing
  std::string item = "";  ///< "score"
  int threads = 1;
  Size size = Size::smoke;
  int repetitions = 0;  ///< of a row that takes long; 0: as many as the command line asks for
};

/// A row at work: `check` returns "" or what is wrong with the row's result, `step` is what is timed.
struct Row {
  std::function<std::string()> check;
  std::function<void()> step;
};

/// Registers a row; `make` builds what it works on. Repetitions of a row share that, and it goes before the next row's
/// is built. The row also reports the most memory that the process has had during the steps, and what the core reached
/// at best before and after them; one on several threads, instead, the time of the same on one, in turn.
void add_row(const Work& work, const std::function<Row()>& make);

/// Runs the rows that the command line asks for (`--help` lists its options). Returns the exit status: 1 if a row's
/// result was wrong.
int run(int argc, char** argv);

/// "" where the two agree to `relative`, else what was compared and by how much it differs. A NaN never agrees.
std::string difference(std::string_view what, double actual, double expected, double relative);

}  // namespace posthoc::bench
