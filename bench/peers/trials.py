"""Row 1: a trial of random perturbation, by PyTorch with NumPy's best search and by the published code's recipe."""
import numpy as np
import torch

from common import Peer, difference, first, load, part, time_of
from networks import Classifier, with_weights
from thresholds import check_exact, check_grid, exact_threshold, grid_threshold

SHAPES = ("adult", "bank", "compas")
SIGMA = 0.1


def perturb(network, original):
    for parameter, value in zip(network.parameters(), original):
        parameter.data = value * (torch.randn_like(value) * SIGMA + 1)


def scores_of(network, x):
    with torch.no_grad():
        return torch.sigmoid(network(x)).reshape(-1).numpy()


def peers(inputs, quick):
    for shape in SHAPES:
        tensors = load(inputs / f"task_{shape}.safetensors")
        x = torch.from_numpy(tensors["x"])
        labels, groups = tensors["labels"], tensors["groups"]
        network = Classifier(x.shape[1]).eval()

        # The same trial must give the same scores; from the same scores, the same threshold.
        theirs = scores_of(with_weights(network, part(tensors, "trial")), x)
        worst = np.abs(theirs - tensors["trial_scores"]).max()
        wrong_scores = "" if worst <= 1e-5 else f"scores are off by {worst}"
        ours = tensors["trial_scores"]
        wrong_exact = check_exact(exact_threshold(ours, labels, groups), tensors, ours)
        wrong_grid = check_grid(grid_threshold(ours.astype(np.float32), labels, groups), tensors)

        original = [value.clone() for value in with_weights(network, part(tensors, "model")).parameters()]
        resamples = np.random.default_rng(0).integers(len(labels), size=(5, len(labels)))

        def trial(search):
            perturb(network, original)
            return search(scores_of(network, x), labels, groups)

        seconds = time_of(lambda: trial(exact_threshold), 3 if quick else 9)
        yield Peer("one trial", shape, "PyTorch, NumPy's exact threshold", *seconds, first(wrong_scores, wrong_exact), 5)
        if quick and shape == "bank":
            continue
        seconds = time_of(lambda: trial(lambda s, y, g: grid_threshold(s, y, g, resamples)), 1)
        yield Peer("one trial", shape, "the published recipe: 501, five resamples each", *seconds,
                   first(wrong_scores, wrong_grid), 500, "compared without the resamples, which are random")
