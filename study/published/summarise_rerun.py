#!/usr/bin/env python3
"""Sums up the release's steps as they were run again, for the report's third column.

  summarise_rerun.py FOLDER > rerun.json

FOLDER has a file <data>_<seed>.json for every network: tasks[attribute][last|best][measure][method] with the objective,
bias and accuracy on test. Written are mean, standard deviation (n - 1) and n over the networks.
"""

import json
import pathlib
import re
import statistics
import sys

QUANTITIES = ("objective", "bias", "accuracy")


def collect(folder):
    """{(data, attribute, weights, measure, method): {quantity: [values]}}, in the order of the seeds."""
    values = {}
    for path in sorted(folder.glob("*.json"), key=lambda p: (p.stem.split("_")[0], int(p.stem.split("_")[1]))):
        data = re.fullmatch(r"([a-z]+)_\d+", path.stem).group(1)
        for attribute, by_weights in json.loads(path.read_text())["tasks"].items():
            for weights, by_measure in by_weights.items():
                for measure, by_method in by_measure.items():
                    for method, result in by_method.items():
                        cell = values.setdefault((data, attribute, weights, measure, method), {})
                        for quantity in QUANTITIES:
                            cell.setdefault(quantity, []).append(result["test"][quantity])
    return values


def main():
    rows = []
    for (data, attribute, weights, measure, method), cell in sorted(collect(pathlib.Path(sys.argv[1])).items()):
        row = {"data": data, "protected": attribute, "weights": weights, "measure": measure, "method": method,
               "n": len(cell["objective"])}
        for quantity in QUANTITIES:
            row[quantity] = {"mean": statistics.fmean(cell[quantity]), "std": statistics.stdev(cell[quantity])}
        rows.append(row)
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    print('{\n "source": "the release\'s steps run again with PyTorch 1.13 on the test rows; label 1 is the positive '
          'label, on COMPAS too",\n "cells": [\n' + lines + "\n ]\n}")


if __name__ == "__main__":
    main()
