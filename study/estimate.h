#pragma once

#include <map>
#include <string>
#include <vector>

namespace posthoc::study {

/// How much longer work takes that is made of units of several kinds, of which only rough costs are known beforehand.
/// What is measured corrects the costs, kind by kind; a kind without a measurement is corrected as all others together.
class TimeEstimate {
 public:
  /// A unit that is still to be done.
  void add(const std::string& kind, double cost);
  /// It is done and took so many seconds.
  void done(const std::string& kind, double cost, double seconds);
  /// It will not be done.
  void dropped(const std::string& kind, double cost);

  /// Seconds that the rest takes on one thread.
  [[nodiscard]] double remaining() const;

 private:
  struct Kind {
    double left = 0.0;      // costs still to come
    double cost = 0.0;      // of what is done
    double measured = 0.0;  // seconds of the same
  };
  std::map<std::string, Kind> kinds_;
};

}  // namespace posthoc::study
