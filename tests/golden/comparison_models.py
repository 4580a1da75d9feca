#!/usr/bin/env python3
"""Writes comparison_models.json: logistic regression and random forests on the real data sets as scikit-learn gives them.

    python3 tests/golden/comparison_models.py DATA_FOLDER > tests/golden/comparison_models.json

DATA_FOLDER holds adult/, bank/ and compas/ with the published files. Needs NumPy, pandas and scikit-learn (pip install
"scikit-learn==1.2.2" "numpy<2" pandas). Rows, encoding, split and standardisation are AIF360's, written again here; the
sums of the standardised test features are printed for a comparison with this library's.

Models are fitted on the training rows and judged on the test rows: accuracy at P = 0.5 and area under the ROC curve.
Logistic regression is scikit-learn's default objective (L2, C = 1, intercept not penalised), driven
to its minimum by Newton steps: its default solver, lbfgs, stops where the objective is still 1e-8 above it.
The forests are the default too (100 trees, gini, sqrt of the features a split), with ten seeds.
"""
import json
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

SEEDS = range(10)


def adult(folder):
    names = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
             "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income-per-year"]
    parts = [pd.read_csv(f"{folder}/adult/{name}", names=names, skiprows=skip, skipinitialspace=True, na_values="?")
             for name, skip in (("adult.test", 1), ("adult.data", 0))]
    table = pd.concat(parts, ignore_index=True).drop(columns="fnlwgt").dropna()
    table["race"] = (table["race"] == "White").astype(float)
    table["sex"] = (table["sex"] == "Male").astype(float)
    y = table.pop("income-per-year").str.startswith(">50K")
    categorical = ["workclass", "education", "marital-status", "occupation", "relationship", "native-country"]
    return table, y, categorical


def bank(folder):
    table = pd.read_csv(f"{folder}/bank/bank-additional-full.csv", sep=";", na_values="unknown").dropna()
    table["age"] = (table["age"] >= 25).astype(float)
    y = table.pop("y") == "yes"
    categorical = ["job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week",
                   "poutcome"]
    return table, y, categorical


def compas(folder):
    table = pd.read_csv(f"{folder}/compas/compas-scores-two-years.csv")
    table = table[table["days_b_screening_arrest"].between(-30, 30) & (table["is_recid"] != -1)
                  & (table["c_charge_degree"] != "O")]
    table = table[["sex", "age", "age_cat", "race", "juv_fel_count", "juv_misd_count", "juv_other_count", "priors_count",
                   "c_charge_degree", "c_charge_desc", "two_year_recid"]].dropna()
    table["sex"] = (table["sex"] == "Female").astype(float)
    table["race"] = (table["race"] == "Caucasian").astype(float)
    y = table.pop("two_year_recid") == 0
    return table, y, ["age_cat", "c_charge_degree", "c_charge_desc"]


def permutation(n):
    return np.random.RandomState(101).permutation(n)


def prepared(table, y, categorical):
    numeric = table.drop(columns=categorical).astype(float)
    columns = [numeric.to_numpy()]
    for name in categorical:
        columns.append((table[name].to_numpy()[:, None] == np.array(sorted(table[name].unique()))[None, :]).astype(float))
    x, y = np.hstack(columns), y.to_numpy().astype(int)
    order = permutation(len(y))
    train, rest = np.split(order, [int(0.6 * len(y))])
    rest = rest[permutation(len(rest))]
    test = rest[int(0.5 * len(rest)):]
    mean, scale = x[train].mean(axis=0), x[train].std(axis=0)
    scale[scale == 0] = 1
    x = ((x - mean) / scale).astype(np.float32)
    return x[train], y[train], x[test], y[test]


def judged(model, x, y):
    p = model.predict_proba(x)[:, 1]
    return float(np.mean((p > 0.5) == y)), float(roc_auc_score(y, p))


def main():
    found = {}
    for load in (adult, bank, compas):
        x, y, x_test, y_test = prepared(*load(sys.argv[1]))
        logistic = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000, solver="newton-cholesky").fit(x.astype(float), y)
        accuracy, auc = judged(logistic, x_test.astype(float), y_test)
        z = x.astype(float) @ logistic.coef_[0] + logistic.intercept_[0]
        objective = np.mean(np.logaddexp(0, z) - y * z) + 0.5 * np.sum(logistic.coef_**2) / len(y)
        forests = [judged(RandomForestClassifier(random_state=seed, n_jobs=2).fit(x, y), x_test, y_test)
                   for seed in SEEDS]
        found[load.__name__] = {
            "train_rows": len(y),
            "test_rows": len(y_test),
            "features": x.shape[1],
            "test_sum": float(x_test.astype(float).sum()),
            "logistic_regression": {"accuracy": accuracy, "auc": auc, "objective": float(objective),
                                    "intercept": float(logistic.intercept_[0]),
                                    "first_coefficients": logistic.coef_[0, :7].tolist()},
            "random_forest": {"accuracy": [a for a, _ in forests], "auc": [b for _, b in forests]},
        }
    print(json.dumps({
        "source": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; written by comparison_models.py",
        "data": found,
    }, indent=1))


if __name__ == "__main__":
    main()
