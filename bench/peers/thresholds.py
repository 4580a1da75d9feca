"""Row 3: the best threshold, by the recipe of the code that the paper published and by NumPy at its best."""
import numpy as np
from sklearn.metrics import balanced_accuracy_score

from common import LAMBDA, Peer, difference, first, load, time_of

GRID = np.linspace(0, 1, 501)


def mean_or_zero(values):
    return values.mean() if len(values) else 0.0


def grid_threshold(scores, labels, groups, resamples=None):
    """The recipe: for every threshold of a grid, masks for what bias and performance need. With `resamples`, arrays of
    row numbers, the objective is their mean, as the published code does with five."""
    best, least = None, np.inf
    for threshold in GRID:
        decisions = scores > threshold
        objectives = []
        for rows in [slice(None)] if resamples is None else resamples:
            y, group, favourable = labels[rows], groups[rows], decisions[rows]
            # The code computes all three measures and uses one.
            rates = [(mean_or_zero(favourable[group * y == 1]), mean_or_zero(favourable[group * (1 - y) == 1]),
                      mean_or_zero(favourable[group == 1])) for group in (1 - group, group)]
            spd = rates[0][2] - rates[1][2]
            objectives.append(LAMBDA * abs(spd) + (1 - LAMBDA) * (1 - balanced_accuracy_score(y, favourable)))
        objective = np.mean(objectives)
        if objective < least:
            best, least = threshold, objective
    return best, least


def exact_threshold(scores, labels, groups):
    """Every cut between distinct scores at once: sort, cumulate, evaluate, take the least."""
    order = np.argsort(scores, kind="stable")
    sorted_scores, y, group = scores[order], labels[order], groups[order]
    last = np.append(sorted_scores[1:] != sorted_scores[:-1], True)

    def selected(rows):  # shares of these rows above each cut, everybody's first
        return np.append(1.0, 1.0 - np.cumsum(rows)[last] / rows.sum())

    spd = selected(group == 0) - selected(group == 1)
    balanced = (selected(y == 1) + 1.0 - selected(y == 0)) / 2
    objective = LAMBDA * np.abs(spd) + (1 - LAMBDA) * (1 - balanced)
    at = np.argmin(objective)
    distinct = sorted_scores[last]
    low = distinct[at - 1] if at > 0 else -1.0
    high = distinct[at] if at < len(distinct) else 2.0
    return (low + high) / 2, objective[at]


def check_grid(found, tensors):
    return first(difference("the grid's threshold", np.float32(found[0]), tensors["grid"][0], 0),
                 difference("its objective", found[1], tensors["grid"][1], 1e-12))


def check_exact(found, tensors, scores):
    decide_alike = (scores > found[0]) == (scores > tensors["exact"][0])
    return first(difference("the exact objective", found[1], tensors["exact"][1], 1e-12),
                 "" if decide_alike.all() else f"{(~decide_alike).sum()} other decisions")


def peers(inputs, quick):
    for digits in (4, 5) if quick else (4, 5, 6):
        tensors = load(inputs / f"scores_{digits}.safetensors")
        scores, labels, groups = tensors["scores"], tensors["labels"], tensors["groups"]
        case = f"10^{digits} scores"
        wrong = check_exact(exact_threshold(scores, labels, groups), tensors, scores)
        seconds = time_of(lambda: exact_threshold(scores, labels, groups), 3 if quick else 9)
        yield Peer("threshold", case, "NumPy, all cuts at once", *seconds, wrong)
        if digits == 4:
            scores = scores.astype(np.float32)  # as the published code has them
            wrong = check_grid(grid_threshold(scores, labels, groups), tensors)
            seconds = time_of(lambda: grid_threshold(scores, labels, groups), 1)
            yield Peer("threshold", case, "NumPy, 501 thresholds", *seconds, wrong)
