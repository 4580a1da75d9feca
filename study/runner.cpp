#include "study/runner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <numeric>
#include <sys/resource.h>
#include <thread>

#include "base/error.h"
#include "base/threads.h"
#include "study/estimate.h"
#include "study/plan.h"
#include "study/store.h"

namespace posthoc::study {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

// Gives every unit one thread: what runs within a unit must not start more.
class OneThreadEach {
 public:
  OneThreadEach() : before_(threads()) { set_threads(1); }
  OneThreadEach(const OneThreadEach&) = delete;
  OneThreadEach& operator=(const OneThreadEach&) = delete;
  ~OneThreadEach() { set_threads(before_); }
  [[nodiscard]] int workers() const { return before_; }

 private:
  int before_;
};

// The units of a plan on some threads.
class Pool {
 public:
  Pool(std::vector<Unit>& units, Store& store, const RunOptions& options)
      : units_(units), store_(store), options_(options), states_(units.size(), State::waiting) {
    for (std::size_t i = 0; i < units.size(); ++i) {
      const bool intact = !units[i].is_intact || units[i].is_intact();
      if (store.has(units[i].id) && intact) {
        states_[i] = State::done;
        ++before_;
        continue;
      }
      order_.push_back(i);
      estimate_.add(units[i].kind, units[i].cost);
    }
    // What others need first, then the long ones, so that no thread is left with one at the end.
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      const bool a_first = units[a].needs.empty();
      const bool b_first = units[b].needs.empty();
      return a_first != b_first ? a_first : units[a].cost > units[b].cost;
    });
    total_ = order_.size();
  }

  [[nodiscard]] std::size_t done_before() const { return before_; }
  [[nodiscard]] std::size_t done_now() const { return done_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }
  [[nodiscard]] const std::string& first_failure() const { return first_failure_; }

  void run(int workers) {
    workers_ = workers;
    {
      std::vector<std::jthread> helpers;
      for (int worker = 1; worker < workers; ++worker) helpers.emplace_back([this] { work(); });
      work();
    }
    if (broken_) std::rethrow_exception(broken_);
  }

 private:
  enum class State { waiting, done, failed };

  // The first unit of the order that can run; waits for one. False when there is nothing left to do.
  bool take(std::size_t& unit) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (broken_ || order_.empty()) return false;
      for (auto place = order_.begin(); place != order_.end();) {
        const State needs = needs_of(*place);
        if (needs == State::waiting) {
          ++place;
          continue;
        }
        unit = *place;
        place = order_.erase(place);
        if (needs == State::done) return true;
        fail_unit(unit, "what it needs failed");
      }
      if (!order_.empty()) changed_.wait(lock);
    }
  }

  [[nodiscard]] State needs_of(std::size_t unit) const {
    State worst = State::done;
    for (const std::size_t need : units_[unit].needs) {
      if (states_[need] == State::failed) return State::failed;
      if (states_[need] != State::done) worst = State::waiting;
    }
    return worst;
  }

  void fail_unit(std::size_t unit, const std::string& why) {
    states_[unit] = State::failed;
    ++failed_;
    estimate_.dropped(units_[unit].kind, units_[unit].cost);
    const std::string message = fmt::format("{}: {}", units_[unit].name, why);
    if (first_failure_.empty()) first_failure_ = message;
    options_.message("failed: " + message);
  }

  void work() {
    std::size_t unit = 0;
    while (take(unit)) {
      try {
        finish(unit);
      } catch (...) {  // the store, or what the caller does with progress: no use to go on
        const std::lock_guard lock(mutex_);
        if (!broken_) broken_ = std::current_exception();
      }
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  void finish(std::size_t unit) {
    const Clock::time_point start = Clock::now();
    std::optional<Record> record;
    std::string why;
    try {
      record = units_[unit].run();
    } catch (const Error& error) {
      why = error.what();
    }
    const double seconds = seconds_since(start);
    if (record) {
      record->version = options_.version;
      store_.append(*record);
    }
    const std::lock_guard lock(mutex_);
    if (!record) return fail_unit(unit, why);
    states_[unit] = State::done;
    ++done_;
    estimate_.done(units_[unit].kind, units_[unit].cost, seconds);
    options_.progress({done_ + failed_, total_, estimate_.remaining() / workers_, units_[unit].name});
  }

  std::vector<Unit>& units_;
  Store& store_;
  const RunOptions& options_;
  int workers_ = 1;
  std::size_t total_ = 0;
  std::size_t before_ = 0;

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<State> states_;
  std::vector<std::size_t> order_;  // of what waits
  TimeEstimate estimate_;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  std::string first_failure_;
  std::exception_ptr broken_;
};

}  // namespace

RunSummary run_study(const Study& study, const std::filesystem::path& folder, const RunOptions& options) {
  const Clock::time_point start = Clock::now();
  Store store(folder, study);
  for (const std::string& warning : store.warnings()) options.message("warning: " + warning);
  const StudyData data = load_study_data(study, options.base, options.data_dir);
  for (const std::string& line : data.skipped) options.message(line);
  std::vector<Unit> units = plan(study, data, store.models());

  const OneThreadEach one_each;
  Pool pool(units, store, options);
  pool.run(one_each.workers());
  RunSummary summary{units.size(), pool.done_before(), pool.done_now(), seconds_since(start), peak_rss_bytes()};
  store.finish({options.command, options.version, one_each.workers(), summary.seconds, summary.peak_rss_bytes,
                pool.failed() == 0});
  require(pool.failed() == 0, "{} of {} units failed; the others are done. The first: {}", pool.failed(), units.size(),
          pool.first_failure());
  return summary;
}

}  // namespace posthoc::study
