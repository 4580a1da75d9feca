#!/usr/bin/env python3
"""Writes gradient_boosting.json: gradient boosting as scikit-learn computes it.

    python3 tests/golden/gradient_boosting.py > tests/golden/gradient_boosting.json

Needs scikit-learn 1.2 (pip install "scikit-learn==1.2.2" "numpy<2"). From version 1.4 on the quantile loss's gradient
takes the other side where a target equals the prediction.

scikit-learn draws lots between equally good splits. So the data of each case are drawn anew until no node of any tree has
a second split within 1e-9 of the best; `attempts` says how often.
"""
import json

import numpy as np
import sklearn
from sklearn.ensemble import GradientBoostingRegressor


def proxies(x, r, least):
    """The criterion of every split of a node."""
    found = []
    n = len(r)
    for feature in x.T:
        order = np.argsort(feature, kind="stable")
        values, residual = feature[order], r[order]
        left = np.cumsum(residual)
        for k in range(least, n - least + 1):
            if k < n and values[k] > values[k - 1] + np.float32(1e-7):
                difference = (n - k) * left[k - 1] - k * (left[-1] - left[k - 1])
                found.append(difference**2 / (k * (n - k)))
    return sorted(found)


def ties_decide(model, x, y):
    prediction = np.full(len(y), model.init_.constant_.ravel()[0])
    for estimator in model.estimators_[:, 0]:
        if model.loss == "quantile":
            r = np.where(y > prediction, model.alpha, model.alpha - 1)
        else:
            r = y - prediction
        members = estimator.decision_path(x).toarray().astype(bool)
        for node in np.flatnonzero(estimator.tree_.children_left >= 0):
            found = proxies(x[members[:, node]], r[members[:, node]], model.min_samples_leaf)
            if found[-1] <= 1e-9 or (len(found) > 1 and found[-2] > found[-1] * (1 - 1e-9)):
                return True
        prediction = prediction + model.learning_rate * estimator.predict(x)
        if model.loss == "quantile" and np.ptp(y) > 0 and np.min(np.abs(y - prediction)) < 1e-12:
            return True
    return False


def case(name, n, features, draw=None, **options):
    for seed in range(20000):
        rng = np.random.default_rng(seed)
        x = np.round(rng.uniform(-1, 1, (n, features)), 2 if name == "duplicates" else 4).astype(np.float32)
        y = np.round(np.sin(3 * x[:, 0]) + 0.5 * x[:, -1] + 0.3 * rng.normal(size=n), 4).astype(float)
        if draw:
            x, y = draw(x, y)
        model = GradientBoostingRegressor(random_state=seed, **options).fit(x, y)
        if not ties_decide(model, x, y):
            break
    else:
        raise SystemExit(f"{name}: ties decide every time")
    queries = np.round(rng.uniform(-1.2, 1.2, (10, features)), 4).astype(np.float32)
    return {
        "name": name,
        "attempts": seed + 1,
        "options": {key: getattr(model, key) for key in (
            "loss", "alpha", "n_estimators", "learning_rate", "max_depth", "min_samples_split", "min_samples_leaf")},
        "features": features,
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "initial": float(model.init_.constant_.ravel()[0]),
        "fitted": model.predict(x).tolist(),
        "queries": queries.ravel().tolist(),
        "predictions": model.predict(queries).tolist(),
    }


def repeated(x, y):
    return np.repeat(x[: len(x) // 2], 2, axis=0), y[: len(x) // 2 * 2]


def main():
    quantile = dict(loss="quantile", n_estimators=30)
    squared = dict(loss="squared_error", n_estimators=30)
    cases = [
        case("squared", 40, 3, **squared, min_samples_leaf=3),
        case("squared, defaults, one feature", 25, 1, loss="squared_error", n_estimators=100),
        case("squared, shallow", 60, 5, **squared, max_depth=1),
        case("squared, min_samples_split", 30, 2, **squared, min_samples_split=9, max_depth=4),
        case("squared, one row", 1, 2, **squared),
        case("squared, two rows", 2, 1, **squared),
        case("squared, constant", 12, 2, draw=lambda x, y: (x, np.full(len(y), 0.7)), **squared),
        case("duplicates", 30, 2, **squared, min_samples_leaf=3, draw=repeated),
        case("squared, constant feature", 20, 2, **squared, min_samples_leaf=2,
             draw=lambda x, y: (np.stack([x[:, 0], np.full(len(y), 0.5, np.float32)], 1), y)),
        case("quantile, one row", 1, 2, **quantile, alpha=0.84),
        case("quantile, two rows", 2, 1, **quantile, alpha=0.16),
        case("quantile, constant", 12, 2, draw=lambda x, y: (x, np.full(len(y), 0.7)), **quantile, alpha=0.84),
        case("quantile 0.16", 23, 1, **{**quantile, "n_estimators": 6}, alpha=0.16, min_samples_leaf=2),
        case("quantile 0.5", 29, 2, **{**quantile, "n_estimators": 5}, alpha=0.5, max_depth=2, min_samples_leaf=4),
        case("quantile 0.84", 31, 3, **{**quantile, "n_estimators": 5}, alpha=0.84, max_depth=2, min_samples_leaf=3),
        case("quantile 0.3, many trees", 50, 2, **{**quantile, "n_estimators": 12}, alpha=0.3, max_depth=1,
             min_samples_leaf=5),
        case("quantile, duplicates", 24, 1, **{**quantile, "n_estimators": 5}, alpha=0.7, max_depth=2,
             min_samples_leaf=3, draw=repeated),
    ]
    print(json.dumps({"source": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; written by "
                                "gradient_boosting.py", "cases": cases}))


if __name__ == "__main__":
    main()
