#pragma once

#include <CLI/CLI.hpp>

#include "cli/common_options.h"

// One function a subcommand, one file each: it declares the options and what runs when the command is given.

namespace posthoc::cli {

void add_apply_command(CLI::App& app, const Context& context);
void add_audit_command(CLI::App& app, const Context& context);
void add_postprocess_command(CLI::App& app, const Context& context);
void add_completion_command(CLI::App& app, const Context& context);
void add_data_command(CLI::App& app, const Context& context);
/// `fetch`, a subcommand of `data`.
void add_data_fetch_command(CLI::App& data_command, const Context& context);
void add_train_command(CLI::App& app, const Context& context);
void add_evaluate_command(CLI::App& app, const Context& context);
void add_debias_command(CLI::App& app, const Context& context);
void add_study_command(CLI::App& app, const Context& context);
/// `report`, a subcommand of `study`.
void add_study_report_command(CLI::App& study_command, const Context& context);

}  // namespace posthoc::cli
