"""Scores of made-up label maps by scikit-learn, SciPy and NumPy: python3 scores.py > scores.json

Labels are digits, `.` is ignored. Three consecutive frames of 40 x 30 pixels, five classes, of which class 3 is nowhere in
the truth but is predicted, and class 4 is nowhere at all. Made with scikit-learn 1.9, SciPy 1.17, NumPy 2.4.
"""
import json

import numpy as np
from scipy.ndimage import grey_dilation, maximum_filter
from sklearn.metrics import accuracy_score, confusion_matrix, fbeta_score, jaccard_score

WIDTH, HEIGHT, CLASSES, IGNORE, TOLERANCE, BOTTOM = 40, 30, 5, 255, 3, 6
rng = np.random.default_rng(20)
ys, xs = np.mgrid[:HEIGHT, :WIDTH]


def scene(shift, noise):
    labels = np.where(ys < 12 + 2 * np.sin(xs / 5), 0, 1)
    labels[(abs(xs - 12 - shift) < 6) & (abs(ys - 17) < 5)] = 2
    blobs = grey_dilation((rng.random(labels.shape) < noise) * rng.integers(1, 5, labels.shape), size=(2, 3))
    return np.where(blobs > 0, blobs - 1, labels)


truths = [scene(2 * i, 0) for i in range(3)]
for truth in truths:
    truth[20:23, 30:] = IGNORE
predictions = [scene(2 * i + 1, 0.02) for i in range(3)]


def boundary(labels, known):
    """The label at pixels that differ from a known neighbour to the right, left, below or above; else -1."""
    padded, known_padded = np.pad(labels, 1, mode="edge"), np.pad(known, 1)
    on = np.zeros(labels.shape, bool)
    for dy, dx in [(0, 1), (0, -1), (1, 0), (-1, 0)]:
        window = (slice(1 + dy, 1 + dy + HEIGHT), slice(1 + dx, 1 + dx + WIDTH))
        on |= (padded[window] != labels) & known_padded[window]
    return np.where(on & known, labels, -1)


def boundary_f(pairs):
    scores = []
    for c in range(CLASSES):
        predicted = right = actual = found = 0
        for truth, prediction in pairs:
            known = truth != IGNORE
            a, p = boundary(truth, known) == c, boundary(prediction, known) == c
            near_a, near_p = (maximum_filter(m, size=2 * TOLERANCE + 1, mode="constant") for m in (a, p))
            predicted, right = predicted + p.sum(), right + (p & near_a).sum()
            actual, found = actual + a.sum(), found + (a & near_p).sum()
        if actual:
            precision, recall = right / predicted if predicted else 0, found / actual
            scores.append(2 * precision * recall / (precision + recall) if precision + recall else 0)
    return float(np.mean(scores))


def flicker(pairs):
    steady = flickering = 0
    for (t0, p0), (t1, p1) in zip(pairs, pairs[1:]):
        stays = (t0 == t1) & (t0 != IGNORE)
        steady, flickering = steady + stays.sum(), flickering + (stays & (p0 != p1)).sum()
    return float(flickering / steady)


def scores(pairs):
    truth, prediction = (np.concatenate([maps[i].ravel() for maps in pairs]) for i in (0, 1))
    truth, prediction = truth[truth != IGNORE], prediction[truth != IGNORE]
    present = sorted(set(truth.tolist()))
    group = lambda labels: np.isin(labels, [0, 2])
    return {
        "confusion": confusion_matrix(truth, prediction, labels=range(CLASSES)).tolist(),
        "pixel_accuracy": accuracy_score(truth, prediction),
        "iou": dict(zip(map(str, present), jaccard_score(truth, prediction, labels=present, average=None).tolist())),
        "mean_iou": jaccard_score(truth, prediction, labels=present, average="macro"),
        "f2_of_2": fbeta_score(truth == 2, prediction == 2, beta=2),
        "f05_of_0_and_2": fbeta_score(group(truth), group(prediction), beta=0.5),
        "boundary_f": boundary_f(pairs),
        "flicker": flicker(pairs),
    }


def without_bottom(truth):
    truth = truth.copy()
    truth[-BOTTOM:] = IGNORE
    return truth


def text(labels):
    return "".join("." if c == IGNORE else str(c) for c in labels.ravel())


pairs = list(zip(truths, predictions))
print(json.dumps({
    "width": WIDTH, "height": HEIGHT, "bottom": BOTTOM,
    "frames": [{"truth": text(t), "prediction": text(p)} for t, p in pairs],
    "whole": scores(pairs),
    "without_bottom": scores([(without_bottom(t), p) for t, p in pairs]),
}, indent=1))
