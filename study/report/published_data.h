#pragma once

namespace posthoc::study {

// The files of study/published/, whole, as they stand in the program.
extern const char* const kPaperTables;
extern const char* const kPaperFigures;
extern const char* const kRerun;

}  // namespace posthoc::study
