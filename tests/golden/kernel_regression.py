#!/usr/bin/env python3
"""Writes kernel_regression.json: linear models with more coordinates than samples as scikit-learn fits them.

    python3 tests/golden/kernel_regression.py > tests/golden/kernel_regression.json

Needs NumPy and scikit-learn. `least_norm` is NumPy's pseudo-inverse of the centred samples: scikit-learn's
LinearRegression takes the singular value that is 0 but for rounding, 4e-16 of the largest in the first case, for a
direction of the data. `ridge` is Ridge with the penalty that has the lowest generalised cross-validation, which is
computed here from the hat matrix as it is defined.
"""
import json

import numpy as np
import sklearn
from sklearn.linear_model import Ridge


class LeastNorm:
    """The solution of the least norm, with an intercept."""

    def fit(self, x, y):
        self.coef_ = np.linalg.pinv(x - x.mean(axis=0), rcond=1e-10) @ (y - y.mean())
        self.intercept_ = y.mean() - x.mean(axis=0) @ self.coef_

    def predict(self, x):
        return x @ self.coef_ + self.intercept_

    def score(self, x, y):
        return 1 - np.sum((y - self.predict(x)) ** 2) / np.sum((y - y.mean()) ** 2)


def gcv(x, y, penalty):
    n = len(y)
    xc = x - x.mean(axis=0)
    hat = np.ones((n, n)) / n + xc @ np.linalg.solve(xc.T @ xc + penalty * np.eye(x.shape[1]), xc.T)
    residuals = y - hat @ y
    return n * residuals @ residuals / np.trace(np.eye(n) - hat) ** 2


def fitted(model, x, y, training):
    model.fit(x[:training], y[:training])
    mean = y[:training].mean()
    rest = slice(training, None)
    held_out = 1 - np.sum((y[rest] - model.predict(x[rest])) ** 2) / np.sum((y[rest] - mean) ** 2)
    return {"coefficients": model.coef_.tolist(), "intercept": float(model.intercept_),
            "r2": float(model.score(x[:training], y[:training])), "r2_held_out": float(held_out)}


def case(name, n, training, coordinates, noise, seed):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(n, coordinates)) + rng.normal(size=coordinates), 3)
    truth = rng.normal(size=coordinates) * (np.arange(coordinates) < 4)
    y = np.round(x @ truth + noise * rng.normal(size=n), 4)
    t = training
    xc = x[:t] - x[:t].mean(axis=0)
    values = np.linalg.eigvalsh(xc @ xc.T)
    scale = values[values > 1e-10 * values[-1]].mean()
    penalties = scale * 10.0 ** (0.25 * np.arange(-16, 17))
    penalty = penalties[np.argmin([gcv(x[:t], y[:t], p) for p in penalties])]
    return {"name": name, "training": t, "x": x.tolist(), "y": y.tolist(), "penalty": float(penalty),
            "least_norm": fitted(LeastNorm(), x, y, t), "ridge": fitted(Ridge(alpha=penalty, solver="svd"), x, y, t)}


def main():
    cases = [case("more coordinates than samples", 40, 30, 60, 0.5, 1), case("fewer", 50, 40, 8, 1.0, 2),
             case("hardly any signal", 30, 20, 25, 20.0, 3)]
    print(json.dumps({"source": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; written by "
                                "kernel_regression.py", "cases": cases}))


if __name__ == "__main__":
    main()
