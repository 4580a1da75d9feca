#!/usr/bin/env python3
"""Writes bootstrap_intervals.json: bootstrap intervals as SciPy computes them.

    python3 tests/golden/bootstrap_intervals.py > tests/golden/bootstrap_intervals.json

Needs NumPy and SciPy 1.10 (Debian: python3-scipy). Each case holds the replicates, the jackknife's values of each sample
and what SciPy makes of them. SciPy's private _bca_interval gives the two shares and the acceleration; the ends are
those that scipy.stats.bootstrap returns for the same replicates.
"""
import json

import numpy as np
import scipy
from scipy import stats
from scipy.stats import _resampling


def jackknife(data, statistic, at):
    sample = data[at]
    rest = [[np.delete(sample, i) if other is sample else other for other in data] for i in range(len(sample))]
    return [float(statistic(*without, axis=-1)) for without in rest]


def case(name, data, statistic, level, seed):
    options = dict(n_resamples=500, vectorized=True, confidence_level=level, random_state=seed)
    percentile = stats.bootstrap(data, statistic, method="percentile", **options)
    bca = stats.bootstrap(data, statistic, method="BCa", **options)
    replicates = percentile.bootstrap_distribution
    assert np.array_equal(replicates, bca.bootstrap_distribution)
    estimate = statistic(*data, axis=-1)
    low, high, acceleration = _resampling._bca_interval(data, statistic, -1, (1 - level) / 2, replicates, None)
    below = _resampling._percentile_of_score(replicates, estimate, axis=-1)
    return {
        "name": name,
        "level": level,
        "estimate": float(estimate),
        "replicates": replicates.tolist(),
        "jackknife": [jackknife(data, statistic, at) for at in range(len(data))],
        "z0": float(stats.norm.ppf(below)),
        "acceleration": float(acceleration),
        "shares": [float(low), float(high)],
        "percentile": [float(end) for end in percentile.confidence_interval],
        "bca": [float(end) for end in bca.confidence_interval],
    }


def main():
    rng = np.random.default_rng(1)
    skewed = np.round(rng.exponential(size=25), 3)
    normal = np.round(rng.normal(size=12), 3)
    decisions = [(rng.random(n) < p).astype(float) for n, p in ((20, 0.3), (30, 0.6))]
    mean, var = np.mean, np.var
    cases = [
        case("mean of a skewed sample", (skewed,), lambda x, axis: mean(x, axis=axis), 0.95, 2),
        case("variance of a skewed sample", (skewed,), lambda x, axis: var(x, axis=axis), 0.9, 3),
        case("difference of two means", (skewed, normal),
             lambda x, y, axis: mean(x, axis=axis) - mean(y, axis=axis), 0.95, 4),
        case("difference of two rates, with ties", tuple(decisions),
             lambda x, y, axis: mean(x, axis=axis) - mean(y, axis=axis), 0.95, 5),
    ]
    points = [1e-300, 1e-10, 0.001, 0.025, 0.3, 0.5, 0.84, 0.975, 0.999999]
    print(json.dumps({
        "source": f"SciPy {scipy.__version__}, NumPy {np.__version__}; written by bootstrap_intervals.py",
        "normal_quantile": [[p, float(stats.norm.ppf(p))] for p in points],
        "cases": cases,
    }))


if __name__ == "__main__":
    main()
