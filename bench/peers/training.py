"""Row 2: steps of training in PyTorch's eager mode. Losses are compared without dropout, which draws other masks, and
times are with it."""
import itertools

import torch
from torch.nn import functional

from common import Peer, difference, load, part, time_of
from networks import Classifier, Critic, with_weights

BATCH = 64
TARGET = 0.1  # what the critic learns
WEIGHT = 0.5  # of the critic's estimate in the actor's loss


def classifier_step(tensors, dropout):
    """A function that makes the next step and returns the loss before it."""
    x, y, order = (torch.from_numpy(tensors[name]) for name in ("x", "y", "order"))
    network = with_weights(Classifier(x.shape[1], dropout=dropout), part(tensors, "model")).train()
    adam = torch.optim.Adam(network.parameters(), lr=1e-3)
    begins = itertools.cycle(range(0, len(order), BATCH))

    def step():
        begin = next(begins)
        rows = order[begin:begin + BATCH]
        loss = functional.binary_cross_entropy_with_logits(network(x[rows]), y[rows])
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        return loss.item()

    return step


def critic_step(tensors, dropout):
    hidden = torch.from_numpy(tensors["hidden"])
    critic = with_weights(Critic(dropout=dropout), part(tensors, "critic")).train()
    adam = torch.optim.Adam(critic.parameters(), lr=1e-3)
    target = torch.full((1, 1), TARGET)

    def step():
        loss = functional.mse_loss(critic(hidden), target)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        return loss.item()

    return step


def actor_step(tensors, dropout):
    x, y = (torch.from_numpy(tensors[name]) for name in ("x", "y"))
    actor = with_weights(Classifier(x.shape[1], dropout=dropout), part(tensors, "actor")).train()
    critic = with_weights(Critic(dropout=dropout), part(tensors, "critic")).eval().requires_grad_(False)
    adam = torch.optim.Adam(actor.parameters(), lr=1e-3)

    def step():
        features = actor.features(x)
        cross_entropy = functional.binary_cross_entropy_with_logits(actor.out(features), y)
        loss = WEIGHT * critic(features).abs().sum() + (1 - WEIGHT) * cross_entropy
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        return loss.item()

    return step


def peers(inputs, quick):
    cases = [("training step", shape, f"training_{shape}", "losses", classifier_step, 15)
             for shape in ("adult", "bank", "compas")]
    cases += [("critic step", "adult", "fine_tuning", "critic_losses", critic_step, None),
              ("actor step", "adult", "fine_tuning", "actor_losses", actor_step, None)]
    for what, case, file, losses, make, target in cases:
        tensors = load(inputs / f"{file}.safetensors")
        step = make(tensors, dropout=0.0)
        wrong = difference("the losses", [step() for _ in tensors[losses]], tensors[losses], 1e-3)
        yield Peer(what, case, "PyTorch, eager", *time_of(make(tensors, dropout=0.2), 5 if quick else 15, 0.1), wrong, target)
