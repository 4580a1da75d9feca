// The minimisation without gradients that layer-wise optimisation calls: one guided call, its parts, and whole runs.
// 1024 dimensions are a 32 x 32 layer.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <map>
#include <memory>

#include "optim/blackbox/minimize.h"
#include "surrogate.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

// A call with the simple version's surrogate and choice, which three rows compare with.
struct Reference {
  Reference(std::size_t dimensions, std::size_t known)
      : call(dimensions, known), surrogate(call.fit_simply()), choice(call.choose_simply(surrogate)) {}

  GuidedCall call;
  optim::QuantileSurrogate surrogate;
  optim::Candidates::Choice choice;
};

std::shared_ptr<const Reference> reference(std::size_t dimensions, std::size_t known) {
  static std::map<std::size_t, std::shared_ptr<const Reference>> made;
  std::shared_ptr<const Reference>& one = made[dimensions];
  if (one == nullptr) one = std::make_shared<Reference>(dimensions, known);
  return one;
}

// The fast trees must say of every known point what the simple ones say.
std::string check_trees(const Reference& simple) {
  const GuidedCall& call = simple.call;
  const optim::QuantileSurrogate fast = call.fit();
  for (std::size_t q = 0; q < fast.size(); ++q) {
    for (std::size_t i = 0; i < call.values().size(); ++i) {
      const auto row = std::span(call.points()).subspan(i * call.dimensions(), call.dimensions());
      const std::string wrong = difference(fmt::format("quantile {} of point {}", q, i), fast[q].predict(row),
                                           simple.surrogate[q].predict(row), 0.0);
      if (!wrong.empty()) return wrong;
    }
  }
  return "";
}

std::string check_choice(const Reference& simple, const optim::QuantileSurrogate& surrogate) {
  const auto chosen = static_cast<double>(simple.call.choose(surrogate).candidate);
  return difference("the candidate", chosen, static_cast<double>(simple.choice.candidate), 0.0);
}

Row guided_call(const std::shared_ptr<const Reference>& simple) {
  return {[=] {
            const std::string wrong = check_trees(*simple);
            return wrong.empty() ? check_choice(*simple, simple->call.fit()) : wrong;
          },
          [=] { benchmark::DoNotOptimize(simple->call.choose(simple->call.fit()).candidate); }};
}

Row fit(const std::shared_ptr<const Reference>& simple) {
  return {[=] { return check_trees(*simple); }, [=] { benchmark::DoNotOptimize(simple->call.fit()[0].initial); }};
}

Row choose(const std::shared_ptr<const Reference>& simple) {
  return {[=] { return check_choice(*simple, simple->surrogate); },
          [=] { benchmark::DoNotOptimize(simple->call.choose(simple->surrogate).candidate); }};
}

// As scikit-optimize's gbrt_minimize: after 10 random points every call is guided.
constexpr std::int64_t kCalls = 100;
constexpr std::int64_t kRandom = 10;

Row search(std::size_t dimensions) {
  const auto box = std::make_shared<optim::Box>(
      optim::Box{std::vector<double>(dimensions, -1.0), std::vector<double>(dimensions, 1.0)});
  const auto run = [=] {
    return optim::minimize(bowl, *box, {.calls = kCalls, .initial_points = kRandom, .local_share = 0.0, .seed = 1});
  };
  return {[=] {
            const optim::MinimizeResult result = run();
            if (result.guided != kCalls - kRandom) return fmt::format("{} guided calls", result.guided);
            const double random = *std::min_element(result.values.begin(), result.values.begin() + kRandom);
            if (!(result.value < random)) return std::string("no better than the random points");
            return difference("the value", result.value, bowl(result.point), 0.0);
          },
          [=] { benchmark::DoNotOptimize(run().value); }};
}

// The result by which a search is compared with others'.
Row small_search() {
  return {[] {
            for (std::uint64_t seed = 0; seed < kSearchSeeds; ++seed) {
              const optim::MinimizeResult result = search_bowl(seed);
              const std::string wrong = difference("the value", result.value, bowl(result.point), 0.0);
              if (!wrong.empty()) return wrong;
            }
            return std::string();
          },
          [] { benchmark::DoNotOptimize(search_bowl(0).value); }};
}

void add_rows(std::size_t dimensions, std::size_t known, Size size) {
  const std::string on = fmt::format("{} dimensions, {} points", dimensions, known);
  const auto add = [&](int row, const char* what, Row (*make)(const std::shared_ptr<const Reference>&), double items) {
    add_row({.row = row, .what = what, .on = on, .items = items, .item = "candidate", .size = size},
            [=] { return make(reference(dimensions, known)); });
  };
  add(5, "guided call", guided_call, 0);
  add(0, "trees of a guided call", fit, 0);
  add(0, "choice of a guided call", choose, GuidedCall::kCandidates);
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  using namespace posthoc::bench;
  add_rows(64, 20, Size::smoke);
  add_rows(1024, 50, Size::quick);
  add_row({.row = 5, .what = "search of 40 calls", .on = "8 dimensions"}, small_search);
  add_row({.row = 5,
           .what = "guided call, mean of 100 calls",
           .on = "1024 dimensions",
           .pieces = kCalls - kRandom,
           .size = Size::full},
          [] { return search(1024); });
  return run(argc, argv);
}
