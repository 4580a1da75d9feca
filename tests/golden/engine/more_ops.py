#!/usr/bin/env python3
"""Writes more_ops.json: PyTorch's outputs and gradients, also where a derivative jumps or two operands are equal.

usage: python3 more_ops.py > more_ops.json      (written with PyTorch 1.13.1, Debian 12's python3-torch)
"""
import json
import random

import torch

X = [[-2.5, 0.0, 0.75], [1.0, -1.0, 3.0]]  # has zeros, and elements on the bounds of clamp
Y = [[-2.5, 0.5, 0.75], [-1.0, -1.0, 0.25]]  # equal to X in three places
TIES = [[2.0, 1.0, 2.0, 2.0], [0.5, 0.5, -1.0, -3.0], [4.0, 1.0, 2.0, 3.0]]

random.seed(0)


def noise(*shape):
    if not shape:
        return round(random.gauss(0.0, 1.0) * 1024) / 1024  # exact in float32
    return [noise(*shape[1:]) for _ in range(shape[0])]


CASES = [
    # op, inputs, attributes, function of the inputs
    ("abs", {"x": X}, {}, lambda x: x.abs()),
    ("leaky_relu", {"x": X}, {"slope": 0.125}, lambda x: torch.nn.functional.leaky_relu(x, 0.125)),
    ("clamp", {"x": X}, {"low": -1.0, "high": 1.0}, lambda x: x.clamp(-1.0, 1.0)),
    ("maximum", {"a": X, "b": Y}, {}, torch.maximum),
    ("minimum", {"a": X, "b": Y}, {}, torch.minimum),
    ("pow_scalar", {"x": X}, {"exponent": 3.0}, lambda x: x**3.0),
    ("pow_scalar", {"x": X}, {"exponent": 1.0}, lambda x: x**1.0),
    ("pow_scalar", {"x": X}, {"exponent": 0.0}, lambda x: x**0.0),
    ("pow", {"a": [[0.0, 0.0, 0.5], [2.0, 1.0, 4.0]], "b": [[0.0, 2.0, -1.5], [3.0, 0.0, 0.5]]}, {}, torch.pow),
    ("where", {"a": X, "b": Y}, {}, lambda a, b: torch.where(a.detach() > b.detach(), a, b)),
    ("max", {"x": TIES}, {"axes": [1], "keep": False}, lambda x: x.amax(dim=1)),
    ("max", {"x": TIES}, {"axes": [0], "keep": True}, lambda x: x.amax(dim=0, keepdim=True)),
    ("max", {"x": TIES}, {"axes": [0, 1], "keep": False}, lambda x: x.amax(dim=(0, 1))),
    ("variance", {"x": noise(3, 4)}, {"axes": [0], "unbiased": True}, lambda x: x.var(dim=0, unbiased=True)),
    ("variance", {"x": noise(3, 4)}, {"axes": [1], "unbiased": False}, lambda x: x.var(dim=1, unbiased=False)),
    ("variance", {"x": noise(3, 4)}, {"axes": [0, 1], "unbiased": True}, lambda x: x.var(dim=(0, 1), unbiased=True)),
    ("matmul", {"a": noise(3, 2), "b": noise(3, 4)}, {"ta": True, "tb": False}, lambda a, b: a.T @ b),
    ("matmul", {"a": noise(2, 3), "b": noise(4, 3)}, {"ta": False, "tb": True}, lambda a, b: a @ b.T),
    ("matmul", {"a": noise(3, 2), "b": noise(4, 3)}, {"ta": True, "tb": True}, lambda a, b: a.T @ b.T),
    ("transpose", {"x": noise(2, 3, 2)}, {"a": 0, "b": 2}, lambda x: x.transpose(0, 2)),
    ("slice", {"x": noise(2, 4)}, {"axis": 1, "begin": 1, "end": 3}, lambda x: x[:, 1:3]),
    ("concatenate", {"a": noise(2, 3), "b": noise(2, 1)}, {"axis": 1}, lambda a, b: torch.cat([a, b], dim=1)),
    (
        "layer_norm",
        {"x": noise(4, 5), "weight": noise(5), "bias": noise(5)},
        {"eps": 1e-5},
        lambda x, w, b: torch.nn.functional.layer_norm(x, (5,), w, b, 1e-5),
    ),
    (
        "layer_norm",
        {"x": noise(2, 2, 3), "weight": noise(3), "bias": noise(3)},
        {"eps": 1e-3},
        lambda x, w, b: torch.nn.functional.layer_norm(x, (3,), w, b, 1e-3),
    ),
    ("argmax", {"x": TIES[1:]}, {"axis": 0}, None),
    ("argmax", {"x": noise(3, 4)}, {"axis": 1}, None),
]


def results(function, inputs, grad_output, dtype):
    leaves = [torch.tensor(value, dtype=dtype, requires_grad=True) for value in inputs.values()]
    output = function(*leaves)
    output.backward(torch.tensor(grad_output, dtype=dtype))
    return {"output": output.tolist(), "grads": {name: leaf.grad.tolist() for name, leaf in zip(inputs, leaves)}}


def case(op, inputs, attrs, function):
    made = {"op": op, "inputs": inputs, "attrs": attrs}
    if op == "argmax":
        return made | {"index": torch.tensor(inputs["x"]).argmax(dim=attrs["axis"]).tolist()}
    shape = function(*[torch.tensor(value) for value in inputs.values()]).shape
    made["grad_output"] = noise(*shape)
    for dtype in (torch.float64, torch.float32):
        made[str(dtype).removeprefix("torch.")] = results(function, inputs, made["grad_output"], dtype)
    return made


if __name__ == "__main__":
    head = "PyTorch's outputs and gradients, written by more_ops.py; see tests/golden/README.md"
    cases = ",\n".join(json.dumps(case(*c)) for c in CASES)
    print(f'{{"about": "{head}",\n"torch": "{torch.__version__}",\n"cases": [\n{cases}\n]}}')
