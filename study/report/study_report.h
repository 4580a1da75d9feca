#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/csv.h"
#include "report/document.h"
#include "study/report/results.h"

namespace posthoc::study {

/// What a report says, before it is written: a function of the stores alone.
struct StudyReport {
  report::Document document;
  report::Document page;              ///< in plain words, for docs/reproduction/README.md
  std::vector<report::Data> data;     ///< a file each in tables/
  std::string summary;                ///< summary.json
  std::vector<std::string> findings;  ///< what was found, a sentence each
};

StudyReport make_report(const Results& results);

/// The files of a report in `folder`: report.html, report.md, summary.json, tables/*.csv and, if gnuplot is there,
/// figures/*.svg and *.pdf. Returns what the user has to know: that there are no figures, say. Throws `Error` if
/// something cannot be written or drawn.
std::vector<std::string> write_report(const StudyReport& report, const std::filesystem::path& folder);

/// The part of a report that a documentation keeps: README.md (the page in plain words, with `made_by`), report.md,
/// summary.json, tables/*.csv but the cells, and figures/*.svg.
std::vector<std::string> write_docs(const StudyReport& report, const std::filesystem::path& folder,
                                    const std::string& made_by);

}  // namespace posthoc::study
