"""The paper's classifier and critic in PyTorch, with the names of the project's model files."""
import torch
from torch import nn


class Classifier(nn.Module):
    """Linear, ReLU, dropout, batch normalisation, depth + 1 times; then one output, the logit."""

    def __init__(self, inputs, depth=10, width=32, dropout=0.2):
        super().__init__()
        self.fc0 = nn.Linear(inputs, width)
        self.bn0 = nn.BatchNorm1d(width)
        self.fcs = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(depth))
        self.out = nn.Linear(width, 1)
        self.dropout = nn.Dropout(dropout)

    def features(self, x):
        h = self.bn0(self.dropout(torch.relu(self.fc0(x))))
        for linear, norm in zip(self.fcs, self.bns):
            h = norm(self.dropout(torch.relu(linear(h))))
        return h

    def forward(self, x):
        return self.out(self.features(x))


class Critic(nn.Module):
    """From the last hidden activations of a minibatch, as one row, to its bias."""

    def __init__(self, batch=64, width=32, hidden=3, dropout=0.2):
        super().__init__()
        self.fc0 = nn.Linear(batch * width, width)
        self.fcs = nn.ModuleList(nn.Linear(width, width) for _ in range(hidden))
        self.out = nn.Linear(width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features):
        h = self.fc0(features.reshape(1, -1))
        for linear in self.fcs:
            h = self.dropout(torch.relu(linear(h)))
        return self.out(h)


def with_weights(network, arrays):
    network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in arrays.items()})
    return network
