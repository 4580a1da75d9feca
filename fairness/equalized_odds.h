#pragma once

#include <array>
#include <vector>

#include "fairness/counts.h"

namespace posthoc::fairness {

/// The probabilities with which decisions are kept or turned (Hardt et al. 2016), by AIF360's names: `p2p` that a
/// favourable decision stays so, `n2p` that an unfavourable one is made favourable; s is the privileged group (1), o
/// the unprivileged (0).
struct MixingProbabilities {
  double sp2p = 0.0;
  double sn2p = 0.0;
  double op2p = 0.0;
  double on2p = 0.0;
};

/// A vertex of the set of mixing probabilities under which both groups' TPR are equal and both FPR are.
struct EqualizedOddsVertex {
  MixingProbabilities probabilities;
  double objective = 0.0;  ///< the sum over the groups of FPR - TPR after mixing, in [-2, 2]; lower is better
};

/// The solution of the linear program of equalized odds.
struct EqualizedOddsProgram {
  EqualizedOddsVertex best;
  double gap = 0.0;     ///< how far the objective of the second best vertex lies above the best; 0 if `degenerate`
  double tpr = 0.0;     ///< of both groups after mixing with `best`
  double fpr = 0.0;     ///< of both groups after mixing with `best`
  bool unique = true;   ///< whether `best` is the only optimum
  int degenerate = -1;  ///< a group whose TPR equals its FPR, -1 if there is none
  std::vector<EqualizedOddsVertex> vertices;  ///< all, best first, equally good ones in ascending order
};

/// Most rows that one group may have.
inline constexpr double kMaxEqualizedOddsRows = 2147483648.0;  // 2^31: determinants then fit 128 bits

/// Minimises
///
///     (FPR_s - TPR_s) sp2p + (TNR_s - FNR_s) sn2p + (FPR_o - TPR_o) op2p + (TNR_o - FNR_o) on2p
///
/// subject to
///
///     TPR_s sp2p + FNR_s sn2p = TPR_o op2p + FNR_o on2p     (TPR after mixing)
///     FPR_s sp2p + TNR_s sn2p = FPR_o op2p + TNR_o on2p     (FPR after mixing)
///
/// and 0 <= probabilities <= 1, for the decisions counted, by looking at every vertex (Hardt et al. 2016; AIF360).
/// Which points are vertices, which of two is better and whether they are equally good is decided in whole numbers,
/// without rounding; only the results are rounded.
///
/// The optimum is unique unless in some group TPR equals FPR: its decisions then say nothing of the labels, neither may
/// the other group's after mixing, every point of the program has the objective 0, and `best` is the constant decision
/// for the more frequent label (favourable if both are as frequent).
///
/// Throws `Error` unless there are two groups, each with favourable and unfavourable labels, and counts are whole
/// numbers of at most `kMaxEqualizedOddsRows` rows a group.
EqualizedOddsProgram solve_equalized_odds(const GroupCounts& counts);

}  // namespace posthoc::fairness
