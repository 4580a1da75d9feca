"""Row 4: AIF360's reject option classification, whose own grid we replay."""
import numpy as np
import pandas
from aif360.algorithms.postprocessing import RejectOptionClassification
from aif360.datasets import BinaryLabelDataset

from common import Peer, difference, first, load, time_of


def peers(inputs, quick):
    for shape in ("compas",) if quick else ("adult", "bank", "compas"):
        tensors = load(inputs / f"task_{shape}.safetensors")
        frame = pandas.DataFrame({"label": tensors["labels"].astype(float), "group": tensors["groups"].astype(float)})
        true = BinaryLabelDataset(df=frame, label_names=["label"], protected_attribute_names=["group"])
        scored = true.copy()
        scored.scores = tensors["scores"].reshape(-1, 1)
        option = RejectOptionClassification(
            unprivileged_groups=[{"group": 0}], privileged_groups=[{"group": 1}], low_class_thresh=0.01,
            high_class_thresh=0.99, num_class_thresh=100, num_ROC_margin=50,
            metric_name="Statistical parity difference", metric_ub=0.05, metric_lb=-0.05)
        seconds = time_of(lambda: option.fit(true, scored), 1)
        threshold, margin = tensors["reject_option"]
        wrong = first(difference("the threshold", option.classification_threshold, threshold, 0),
                      difference("the margin", option.ROC_margin, margin, 0))
        yield Peer("reject option, grid", shape, "AIF360", *seconds, wrong, 1000)
        yield Peer("reject option, exact", shape, "AIF360", *seconds, wrong, 1000,
                   "the exact search finds a result as good or better")
