#!/usr/bin/env python3
"""Writes symmetric_eigen.json: eigenvalues of small symmetric matrices, and singular values, as NumPy computes them.

    python3 tests/golden/symmetric_eigen.py > tests/golden/symmetric_eigen.json
"""
import json

import numpy as np


def main():
    rng = np.random.default_rng(5)
    cases = []
    for name, n in (("one", 1), ("two", 2), ("ten", 10), ("twenty-five", 25)):
        a = np.round(rng.normal(size=(n, n)), 3)
        a = (a + a.T) / 2
        cases.append({"name": name, "a": a.tolist(), "values": np.linalg.eigvalsh(a).tolist()})
    z = np.round(rng.normal(size=(6, 40)), 3)
    a = z @ z.T
    cases.append({"name": "Gram matrix", "a": a.tolist(), "values": np.linalg.eigvalsh(a).tolist()})
    low = z[:2].T @ z[:2]
    cases.append({"name": "rank two of forty", "a": low.tolist(), "values": np.linalg.eigvalsh(low).tolist()})
    rows = np.round(rng.normal(size=(5, 12)), 3)
    rows[3] = 2 * rows[0] - rows[1]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    stacked = {"rows": rows.tolist(), "singular_values": np.linalg.svd(unit, compute_uv=False).tolist(),
               "cosines": (unit @ unit.T).tolist()}
    print(json.dumps({"source": f"NumPy {np.__version__}; written by symmetric_eigen.py", "cases": cases,
                      "stacked": stacked}))


if __name__ == "__main__":
    main()
