#pragma once

#include "cli/common_options.h"
#include "data/row_encoding.h"

namespace posthoc::cli {

/// How rows become features, as a model file keeps it: {"version": 1, "columns": [{"column": .., "categories": [..]} |
/// {"column": .., "attribute": 0} | {"column": ..}, ..], "attributes": [{"name": .., "column": .., "privileged": [..],
/// "unprivileged": [..]} | {"name": .., "column": .., "interval": [low, high]}, ..], "protected": [0, ..],
/// "group_codes": [0, 1, ..], "missing": [..], "csv": {"separator": .., "trim_blanks": .., "names": [..]}}. An end of
/// an interval that is infinite is null; "names" stands there for a file without a header.
Json encoding_json(const data::RowEncoding& encoding);

/// The reverse. Throws `Error`, or the JSON library's exception, on another version, another form, or an encoding that
/// `data::validate` refuses.
data::RowEncoding parse_encoding(const Json& json);

}  // namespace posthoc::cli
