#!/usr/bin/env python3
"""Means, standard deviations and joint standard errors by Python's statistics module, in exact fractions.

  verdicts.py > verdicts.json
"""

import json
import math
import random
import statistics

random.seed(5)
cases = []
for ours_n, theirs_n, scale, shift in [(10, 10, 0.01, 0.0), (10, 7, 0.01, 0.02), (2, 10, 1e-6, 1e-7), (3, 1, 0.1, 0.4), (1, 1, 0.0, 3e-7),
                                       (10, 10, 0.0, 2e-6)]:
    ours = [0.0616 + scale * random.gauss(0, 1) for _ in range(ours_n)]
    theirs_std = scale if theirs_n > 1 else 0.0
    std = statistics.stdev(ours) if ours_n > 1 else 0.0
    error = math.sqrt(std**2 / ours_n + theirs_std**2 / theirs_n)
    mean = statistics.fmean(ours)
    theirs = 0.0616 - shift
    rounding = 5e-7
    difference = mean - theirs
    within = abs(difference) <= (2 * error + rounding if error > 0 else 1e-6)
    cases.append({"ours": ours, "theirs": {"mean": theirs, "std": theirs_std, "n": theirs_n}, "rounding": rounding, "mean": mean, "std": std,
                  "standard_error": error, "units": difference / error if error > 0 else None, "within": within})
print(json.dumps({"cases": cases}, indent=1))
