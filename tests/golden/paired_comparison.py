#!/usr/bin/env python3
"""Writes paired_comparison.json: paired comparisons by SciPy and mpmath.

    python3 tests/golden/paired_comparison.py > tests/golden/paired_comparison.json

Needs NumPy, SciPy and mpmath (Debian: python3-scipy python3-mpmath). Student's distribution is mpmath's incomplete beta
function with 40 digits, because the quantiles of older versions of SciPy are right to eight alone; the sign-flip test is
scipy.stats.permutation_test with permutation_type="samples", which looks at all 2^n signs.
"""
import json

import mpmath
import numpy as np
import scipy
from scipy import stats

mpmath.mp.dps = 40


def student_cdf(t, n):
    tail = mpmath.betainc(mpmath.mpf(n) / 2, mpmath.mpf(1) / 2, 0, n / (n + mpmath.mpf(t) ** 2), regularized=True) / 2
    return 1 - tail if t > 0 else tail


def student_quantile(p, n):
    if p == 0.5:
        return 0.0
    guess = stats.t.ppf(p, n)
    return float(mpmath.findroot(lambda t: student_cdf(t, n) - mpmath.mpf(p), guess))


def case(name, a, b, level):
    d = a - b
    n = len(d)
    half = student_quantile(0.5 + level / 2, n - 1) * stats.sem(d)
    test = stats.permutation_test((a, b), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
                                  vectorized=True, n_resamples=np.inf, alternative="two-sided")
    extreme = np.abs(test.null_distribution) >= abs(test.statistic) - 1e-12 * np.abs(d).mean()
    return {"name": name, "a": a.tolist(), "b": b.tolist(), "level": level, "mean": float(d.mean()),
            "deviation": float(d.std(ddof=1)), "low": float(d.mean() - half), "high": float(d.mean() + half), "p": float(extreme.mean()),
            "lower": int((d < 0).sum()), "higher": int((d > 0).sum())}


def main():
    rng = np.random.default_rng(3)
    a = np.round(rng.normal(0.10, 0.02, 10), 4)
    b = np.round(a + rng.normal(0.01, 0.01, 10), 4)
    c = np.round(rng.exponential(0.05, 7), 3)
    cases = [case("ten networks", a, b, 0.95), case("the other way round", b, a, 0.9),
             case("with ties", np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 4.0, 2.0]), 0.95),
             case("two pairs", np.array([0.3, 0.1]), np.array([0.1, 0.2]), 0.95),
             case("seven, skewed", c, np.zeros(7), 0.99)]
    points = [(p, n) for n in (1, 2, 3, 4, 9, 30, 101) for p in (0.001, 0.3, 0.5, 0.9, 0.975, 0.9995)]
    print(json.dumps({
        "source": f"mpmath {mpmath.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}; written by paired_comparison.py",
        "student_quantile": [[p, n, student_quantile(p, n)] for p, n in points],
        "student_cdf": [[t, n, float(student_cdf(t, n))] for n in (1, 2, 5, 10) for t in (-3.0, -0.2, 0.0, 1.0, 40.0)],
        "cases": cases,
    }))


if __name__ == "__main__":
    main()
