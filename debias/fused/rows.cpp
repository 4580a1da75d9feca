#include "debias/fused/rows.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/error.h"
#include "base/threads.h"
#include "debias/fused/layout.h"

namespace posthoc::debias {
namespace {

bool taken(const nn::Chain& chain) {
  if (chain.empty() || outputs_of(chain.back()) != 1 || chain.back().relu || chain.back().norm) return false;
  return std::all_of(chain.begin(), chain.end(), [](const nn::ChainLayer& layer) {
    return layer.weight.dtype() == Dtype::float32 && layer.weight.device() == Device::cpu() &&
           layer.weight.size(0) <= FusedRows::kMaxWidth;
  });
}

// Rows that a thread lays out at a time: whole tiles of any processor.
constexpr std::size_t kRowsAtOnce = 768;

void to_tile(const float* row, std::span<const std::uint32_t> dense, std::size_t tile_rows, float* cell) {
  for (const std::uint32_t column : dense) {
    *cell = row[column];
    cell += tile_rows;
  }
}

// Finds the columns of a row that hold the rare value. All are compared, in vectors; few of the marks are then looked
// at.
class RareColumns {
 public:
  RareColumns(const ColumnSplit& split, std::size_t columns, std::size_t stride)
      : common_(columns, 0.0F), apart_(columns, 0), step_(padded(columns, kMarksAtOnce), 0), marks_(step_.size(), 0) {
    std::uint32_t step = 0;
    for (const TwoValuedColumn& column : split.two_valued) {
      common_[column.column] = column.common;
      apart_[column.column] = 1;
      step_[column.column] = step;
      step += static_cast<std::uint32_t>(stride);
    }
  }

  // Sets `steps` to theirs, in the order of the columns.
  void find(const float* row, std::vector<std::uint32_t>& steps) {
    mark(row);
    std::size_t count = 0;
    for (std::size_t c = 0; c < marks_.size(); c += kMarksAtOnce) {
      std::uint64_t some = 0;
      std::memcpy(&some, marks_.data() + c, kMarksAtOnce);
      if (some == 0) continue;
      steps.resize(count + kMarksAtOnce);
      for (std::size_t i = c; i < c + kMarksAtOnce; ++i) {  // no branch depends on the mark
        steps[count] = step_[i];
        count += marks_[i];
      }
    }
    steps.resize(count);
  }

 private:
  static constexpr std::size_t kMarksAtOnce = sizeof(std::uint64_t);

  void mark(const float* row) {
    const float* const common = common_.data();
    const std::uint8_t* const apart = apart_.data();
    std::uint8_t* const marks = marks_.data();
    for (std::size_t c = 0; c < common_.size(); ++c) {
      const std::uint8_t rare = row[c] != common[c] ? 1 : 0;
      marks[c] = static_cast<std::uint8_t>(rare & apart[c]);
    }
  }

  std::vector<float> common_;
  std::vector<std::uint8_t> apart_;  // 1: the column is taken apart
  std::vector<std::uint32_t> step_;
  std::vector<std::uint8_t> marks_;
};

}  // namespace

std::optional<FusedRows> FusedRows::of(const nn::Classifier& model, const Tensor& features, FirstLayer first_layer) {
  require(features.defined() && features.rank() == 2 && features.size(1) == model.inputs(),
          "fused rows: the network takes {} features a row, the data is {}", model.inputs(),
          features.defined() ? features.shape().text() : "undefined");
  if (cpu::fused_shape().tile_rows == 0) return std::nullopt;
  if (features.dtype() != Dtype::float32 || features.device() != Device::cpu()) return std::nullopt;
  const std::optional<nn::Chain> chain = model.chain();
  if (!chain || !taken(*chain)) return std::nullopt;
  return FusedRows(features, outputs_of(chain->front()), first_layer);
}

FusedRows::FusedRows(const Tensor& features, std::size_t outputs, FirstLayer first_layer)
    : rows_(static_cast<std::size_t>(features.size(0))), stride_(first_stride(outputs)) {
  const std::size_t tile_rows = cpu::fused_shape().tile_rows;
  const auto columns = static_cast<std::size_t>(features.size(1));
  const auto x = features.values<float>();
  tiles_ = padded(rows_, tile_rows) / tile_rows;
  columns_ = split_columns(x, columns, outputs, first_layer);
  tiled_ = Tensor::zeros({static_cast<std::int64_t>(tiles_ * columns_.dense.size() * tile_rows)});
  float* const tiled = tiled_.mutable_values<float>().data();

  std::vector<Lists> lists(padded(rows_, kRowsAtOnce) / kRowsAtOnce);
  parallel_for(static_cast<std::int64_t>(lists.size()), [&](std::int64_t number, int /*worker*/) {
    const auto part = static_cast<std::size_t>(number);
    const std::size_t begin = part * kRowsAtOnce;
    const std::size_t end = std::min(begin + kRowsAtOnce, rows_);
    for (std::size_t row = begin; row < end; ++row) {
      float* const tile = tiled + row / tile_rows * columns_.dense.size() * tile_rows;
      to_tile(x.data() + row * columns, columns_.dense, tile_rows, tile + row % tile_rows);
    }
    if (split()) lists[part] = lists_of(x.subspan(begin * columns, (end - begin) * columns));
  });
  if (split()) take(lists);
}

// Rows of a group have lists of one length, so that no branch depends on a row; a longer list than a row's own goes on
// with the step that adds -0.0, which changes no number.
FusedRows::Lists FusedRows::lists_of(std::span<const float> rows) const {
  const std::size_t lanes = cpu::fused_shape().lanes;
  const std::size_t columns = columns_.dense.size() + columns_.two_valued.size();
  const auto filler = static_cast<std::uint32_t>(columns_.two_valued.size() * stride_);
  RareColumns rare(columns_, columns, stride_);
  Lists lists;
  std::vector<std::vector<std::uint32_t>> of_row(lanes);
  for (std::size_t first = 0; first < rows.size(); first += lanes * columns) {
    std::size_t longest = 0;
    for (std::size_t i = 0; i < lanes; ++i) {
      of_row[i].clear();
      const std::size_t row = first + i * columns;
      if (row < rows.size()) rare.find(rows.data() + row, of_row[i]);
      longest = std::max(longest, of_row[i].size());
    }
    for (std::size_t entry = 0; entry < longest; ++entry) {
      for (const auto& row : of_row) lists.entries.push_back(entry < row.size() ? row[entry] : filler);
    }
    lists.lengths.push_back(longest * lanes);
  }
  return lists;
}

void FusedRows::take(std::vector<Lists>& parts) {
  lists_ = {0};
  for (Lists& part : parts) {
    for (const std::size_t length : part.lengths) lists_.push_back(lists_.back() + length);
    entries_.insert(entries_.end(), part.entries.begin(), part.entries.end());
    part = {};
  }
  // The last tile's surplus rows have no lists.
  lists_.resize(tiles_ * cpu::fused_shape().tile_rows / cpu::fused_shape().lanes + 1, lists_.back());
}

cpu::FusedInput FusedRows::input() const {
  return {tiles_, tiled_.values<float>().data(), split() ? lists_.data() : nullptr, entries_.data()};
}

}  // namespace posthoc::debias
