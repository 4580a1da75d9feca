#!/usr/bin/env python3
"""Writes weight_decay.json: PyTorch's parameters after steps of Adam and SGD with weight decay, on given gradients.

usage: python3 weight_decay.py > weight_decay.json      (written with PyTorch 1.13.1, Debian 12's python3-torch)
"""
import json

import torch

START = [1.0, -2.0, 0.5]
GRADIENTS = [[0.5, 0.25, -1.0], [-0.125, 2.0, 0.0], [0.0, 0.0, 0.0], [1.5, -0.5, 0.75]]
OPTIMISERS = [
    ("adam", torch.optim.Adam, {"lr": 0.125, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.25}),
    ("sgd", torch.optim.SGD, {"lr": 0.125, "momentum": 0.0, "weight_decay": 0.25}),
    ("sgd", torch.optim.SGD, {"lr": 0.125, "momentum": 0.75, "weight_decay": 0.25}),
]


def steps(make, options):
    parameter = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = make([parameter], **options)
    after = []
    for gradient in GRADIENTS:
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        optimiser.step()
        after.append(parameter.tolist())
    return after


if __name__ == "__main__":
    head = "PyTorch's steps with weight decay, written by weight_decay.py; see tests/golden/README.md"
    cases = [{"optimiser": name, "options": o, "after_each_step": steps(make, o)} for name, make, o in OPTIMISERS]
    print(json.dumps({"about": head, "start": START, "gradients": GRADIENTS, "cases": cases}, indent=1))
