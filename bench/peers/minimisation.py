"""Row 5: scikit-optimize's gbrt_minimize, whose regressors are scikit-learn's."""
import numpy as np
import skopt
from sklearn.ensemble import GradientBoostingRegressor

from common import Peer, load, time_of

QUANTILES = (0.16, 0.5, 0.84)


def optimizer(dimensions, random_points, seed):
    """As gbrt_minimize makes it, with the acquisition that the project uses too."""
    return skopt.Optimizer([(-1.0, 1.0)] * dimensions, base_estimator="GBRT", n_initial_points=random_points,
                           acq_func="LCB", acq_func_kwargs={"kappa": 1.96}, acq_optimizer="sampling",
                           acq_optimizer_kwargs={"n_points": 10_000}, random_state=seed)


def pinball(values, predictions, quantile):
    above = values - predictions
    return np.maximum(quantile * above, (quantile - 1) * above).mean()


def compare_surrogates(tensors):
    """Both draw lots between equal splits, so trees differ; how well they fit what they learned from must not. Losses
    are compared with those of five lots of scikit-learn, give or take 5 % of the loss of the constant."""
    points, values = tensors["points"].astype(float), tensors["values"]
    for quantile, predictions in zip(QUANTILES, tensors["predictions"]):
        ours = pinball(values, predictions, quantile)
        theirs = []
        for seed in range(5):
            regressor = GradientBoostingRegressor(n_estimators=30, loss="quantile", alpha=quantile, random_state=seed)
            theirs.append(pinball(values, regressor.fit(points, values).predict(points), quantile))
        slack = 0.05 * pinball(values, np.percentile(values, 100 * quantile), quantile)
        if not min(theirs) - slack <= ours <= max(theirs) + slack:
            return f"quantile {quantile}: a loss of {ours} beside {theirs}"
    return ""


def guided_call(tensors, case, target):
    points, values = tensors["points"].astype(float).tolist(), tensors["values"].tolist()

    def call():
        search = optimizer(len(points[0]), len(points), seed=1)
        search.tell(points, values)  # fits, and looks at 10,000 candidates
        search.ask()

    seconds = time_of(call, 1)
    return Peer("guided call", case, "scikit-optimize", *seconds, compare_surrogates(tensors), target)


def bowl(point):
    x = np.asarray(point)
    return float(((x - 0.3) ** 2 / np.arange(1, len(x) + 1)).sum())


def search(seed):
    found = optimizer(8, 10, seed)
    return min(found.tell(point, bowl(point)).fun for point in (found.ask() for _ in range(40)))


def small_search(tensors, quick):
    """At equal or better objective: the median over some seeds."""
    seeds = 1 if quick else len(tensors["found"])
    found = []
    seconds = time_of(lambda: found.append(search(len(found))), 1)
    while len(found) < seeds:
        found.append(search(len(found)))
    ours, theirs = np.median(tensors["found"]), np.median(found)
    wrong = "" if ours <= theirs else f"the objective is {ours}, theirs {theirs}"
    note = f"objective {ours:.3f}, theirs {theirs:.3f}, medians of {len(tensors['found'])} and {seeds} searches"
    return Peer("search of 40 calls", "8 dimensions", "scikit-optimize", *seconds, wrong, None, note)


def peers(inputs, quick):
    yield guided_call(load(inputs / "guided_call_64.safetensors"), "64 dimensions, 20 points", None)
    if not quick:
        yield guided_call(load(inputs / "guided_call_1024.safetensors"), "1024 dimensions, 50 points", 500)
    yield small_search(load(inputs / "search.safetensors"), quick)
