#!/usr/bin/env python3
"""Writes small_classifiers.json: decision trees and logistic regression on small data as scikit-learn computes them.

    python3 tests/golden/small_classifiers.py > tests/golden/small_classifiers.json

Needs NumPy and scikit-learn (pip install "scikit-learn==1.2.2" "numpy<2").

scikit-learn draws lots between equally good splits of a tree. So the data of each case are drawn anew until no node has a
second split within 1e-9 of the best; `attempts` says how often. The trees are as deep as that allows.
"""
import json

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier


def gains(x, y, w):
    """(n_R S_L - n_L S_R)^2 / (n_L n_R) of every split of a node."""
    found = []
    n, ones = w.sum(), (w * y).sum()
    for feature in x.T:
        for low in np.unique(feature)[:-1]:
            left = feature <= low
            n_left, ones_left = w[left].sum(), (w * y)[left].sum()
            found.append((n * ones_left - n_left * ones) ** 2 / (n_left * (n - n_left)))
    return sorted(found)


def ties_decide(tree, x, y, w):
    members = tree.decision_path(x).toarray().astype(bool)
    for node in np.flatnonzero(tree.tree_.children_left >= 0):
        m = members[:, node] & (w > 0)
        found = gains(x[m], y[m], w[m])
        if len(found) > 1 and found[-2] > found[-1] * (1 - 1e-9):
            return True
    return False


def tree_case(name, n, features, depth, bootstrap=False, categories=False):
    for seed in range(20000):
        rng = np.random.default_rng(seed)
        x = np.round(rng.normal(size=(n, features)), 1 if categories else 4).astype(np.float32)
        if categories:
            x[:, 1:] = (x[:, 1:] > [0.4, -0.2, 0.8, 0.1][: features - 1]) * 1.7 - 0.3
        y = (np.sin(2 * x[:, 0]) + 0.8 * x[:, -1] + 0.7 * rng.normal(size=n) > 0).astype(int)
        w = np.bincount(rng.integers(0, n, n), minlength=n) if bootstrap else np.ones(n, dtype=int)
        tree = DecisionTreeClassifier(max_depth=depth, random_state=seed).fit(x, y, sample_weight=w.astype(float))
        if not ties_decide(tree, x, y, w):
            other = np.round(rng.normal(size=(30, features)), 3).astype(np.float32)
            return {"name": name, "attempts": seed + 1, "features": features, "max_depth": depth,
                    "x": x.ravel().astype(float).tolist(), "y": y.tolist(), "weights": w.tolist(),
                    "leaves": int(tree.get_n_leaves()), "other_x": other.ravel().astype(float).tolist(),
                    "p": tree.predict_proba(x)[:, 1].tolist(), "other_p": tree.predict_proba(other)[:, 1].tolist()}
    raise SystemExit(f"{name}: every draw had ties")


def logistic_case(name, n, features, strength, separable=False):
    rng = np.random.default_rng(n)
    x = np.round(rng.normal(size=(n, features)), 3)
    x[:, -1] = x[:, 0] + 0.01 * x[:, -1]  # two features that are nearly one
    noise = 0 if separable else rng.logistic(size=n)
    y = (1.5 * x[:, 0] - x[:, 1] + 0.4 + noise > 0).astype(int)
    model = LogisticRegression(C=strength, tol=1e-9, max_iter=100000, solver="newton-cholesky").fit(x, y)
    z = x @ model.coef_[0] + model.intercept_[0]
    objective = np.mean(np.logaddexp(0, z) - y * z) + np.sum(model.coef_**2) / (2 * strength * n)
    return {"name": name, "features": features, "inverse_regularisation": strength, "x": x.ravel().tolist(),
            "y": y.tolist(), "coefficients": model.coef_[0].tolist(), "intercept": float(model.intercept_[0]),
            "objective": float(objective), "p": model.predict_proba(x)[:, 1].tolist()}


def main():
    trees = [tree_case("shallow", 60, 3, 3), tree_case("deep", 400, 2, 5), tree_case("a stump", 20, 1, 1),
             tree_case("rows drawn with replacement", 200, 4, 4, bootstrap=True),
             tree_case("categories", 300, 5, 3, categories=True)]
    logistic = [logistic_case("default", 80, 4, 1.0), logistic_case("weak", 50, 3, 1000.0),
                logistic_case("separable", 30, 3, 1.0, separable=True), logistic_case("strong", 40, 6, 0.01)]
    print(json.dumps({
        "source": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; written by small_classifiers.py",
        "trees": trees,
        "logistic_regression": logistic,
    }))


if __name__ == "__main__":
    main()
