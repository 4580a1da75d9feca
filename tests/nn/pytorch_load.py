"""Loads a network that this project wrote into PyTorch and compares the scores.

Usage: pytorch_load.py PATH_OF_pytorch_export. Exit status 77 (skipped) where torch or safetensors is not installed.
"""

import pathlib
import subprocess
import sys
import tempfile

try:
    import torch
    from safetensors.torch import load_file
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


class Mlp(torch.nn.Module):
    """The paper's network: linear, ReLU, dropout, batch norm, depth + 1 times; then one output and a sigmoid."""

    def __init__(self, inputs, depth, width):
        super().__init__()
        self.fc0 = torch.nn.Linear(inputs, width)
        self.bn0 = torch.nn.BatchNorm1d(width)
        self.fcs = torch.nn.ModuleList(torch.nn.Linear(width, width) for _ in range(depth))
        self.bns = torch.nn.ModuleList(torch.nn.BatchNorm1d(width) for _ in range(depth))
        self.out = torch.nn.Linear(width, 1)
        self.dropout = torch.nn.Dropout(0.2)

    def forward(self, x):
        h = self.bn0(self.dropout(torch.relu(self.fc0(x))))
        for linear, norm in zip(self.fcs, self.bns):
            h = norm(self.dropout(torch.relu(linear(h))))
        return torch.sigmoid(self.out(h))[:, 0]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.argv[1], name], check=True)
        state = load_file(str(folder / "network.safetensors"))
        expected = load_file(str(folder / "expected.safetensors"))
    model = Mlp(inputs=7, depth=3, width=6)
    model.load_state_dict(state, strict=True)
    model.eval()
    with torch.no_grad():
        scores = model(expected["features"]).double()
    worst = (scores - expected["scores"]).abs().max().item()
    spread = (expected["scores"].max() - expected["scores"].min()).item()
    print(f"torch {torch.__version__}: largest difference {worst:.3g} over scores that span {spread:.3g}")
    if not (worst <= 1e-5 and spread > 0.05):  # a NaN fails, and so do scores that are all alike
        sys.exit("the scores differ")


if __name__ == "__main__":
    main()
