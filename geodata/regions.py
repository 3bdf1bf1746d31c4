"""Cuts a set of grid cells into compact, contiguous regions of wanted sizes. Knows nothing of names, codes or places.

A power diagram whose sites move to their region's centre (Lloyd) and whose weights grow until the sizes fit,
as in Aurenhammer, Hoffmann, Aronov (1998), "Minkowski-type theorems and least-squares clustering"; then stray pieces join a neighbour.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.metric import Bools, Floats

Labels = NDArray[np.int32]  # -1: no region

_ROUNDS = 60
_SETTLED = 0.01  # of a region's wanted size
_SAMPLE = 20_000  # points enough to settle sites on


@dataclass(frozen=True, slots=True)
class Sites:
    """Points that attract cells: positions (k, 2) in cell units, and wanted shares (k,) that sum to 1."""

    at: Floats
    share: Floats


def warp(rows: int, columns: int, seed: int, reach: float) -> tuple[Floats, Floats]:
    """Column and row coordinates (cell units) bent by a few long waves: borders then curve as grown ones do."""
    rng = np.random.default_rng(seed)
    column, row = np.meshgrid(np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64))
    x, y = column.copy(), row.copy()
    for length, strength in ((64.0, 1.0), (31.0, 0.42), (14.0, 0.14)):
        for target in (x, y):
            angle, phase = rng.uniform(0, 2 * np.pi, 2)
            wave = (column * np.cos(angle) + row * np.sin(angle)) * (2 * np.pi / length) + phase
            target += reach * strength * np.sin(wave + 0.5 * np.sin(wave * 0.37 + phase))
    return x, y


def spread_sites(points: Floats, count: int, rng: np.random.Generator) -> Floats:
    """`count` of the points (n, 2), each far from those before it: the seeds of the regions."""
    chosen = [points[rng.integers(len(points))]]
    nearest = np.full(len(points), np.inf)
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((points - chosen[-1]) ** 2).sum(axis=1))
        weight = nearest * nearest
        chosen.append(points[rng.choice(len(points), p=weight / weight.sum())])
    return np.array(chosen)


def balanced(points: Floats, sites: Sites) -> Labels:
    """For each point (n, 2) the index of its region; region sizes follow `sites.share` to about a hundredth."""
    stride = max(1, len(points) // _SAMPLE)
    sample = points[::stride]
    at, weight = _settle(sample, sites.at.copy(), sites.share * len(sample), float(stride))
    return _owner(points, at, weight)


def _settle(points: Floats, at: Floats, wanted: Floats, stride: float) -> tuple[Floats, Floats]:
    """Sites and weights after moving and weighing until the sizes fit. A point stands for `stride` cells."""
    weight = np.zeros(len(at))
    for turn in range(_ROUNDS):
        for _ in range(3):  # the weights follow the sites: several small steps per move
            label = _owner(points, at, weight)
            size = np.bincount(label, minlength=len(at)).astype(np.float64)
            miss = wanted - size
            if np.abs(miss).max() <= max(1.0, _SETTLED * wanted.min()):
                if turn > 12:
                    return at, weight
                break
            # a cell more needs about this much weight: area of a region is pi r², its squared radius area / pi
            weight = weight + 0.55 * stride * miss / np.pi
            weight -= weight.mean()
        if turn < _ROUNDS - 20:
            _move(points, label, at, size, 0.7)
    return at, weight


def _owner(points: Floats, at: Floats, weight: Floats) -> Labels:
    """Index of the site with the least power distance |p - s|² - w; |p|² is the same for all sites and left out."""
    power = points @ (-2.0 * at.T) + ((at**2).sum(axis=1) - weight)
    owner: Labels = power.argmin(axis=1).astype(np.int32)
    return owner


def _move(points: Floats, label: Labels, at: Floats, size: Floats, pull: float) -> None:
    """Moves each site part of the way to the middle of its cells."""
    for axis in (0, 1):
        middle = np.bincount(label, weights=points[:, axis], minlength=len(at)) / np.maximum(size, 1)
        at[:, axis] += np.where(size > 0, pull * (middle - at[:, axis]), 0.0)


def pieces(label: Labels) -> Labels:
    """Numbers the connected pieces (4 neighbours) of equal labels on a grid; -1 stays -1."""
    rows, columns = label.shape
    number = np.where(label >= 0, np.arange(rows * columns, dtype=np.int32).reshape(rows, columns), -1)
    same_up = (label[1:] == label[:-1]) & (label[1:] >= 0)
    same_side = (label[:, 1:] == label[:, :-1]) & (label[:, 1:] >= 0)
    while True:
        before = number.copy()
        for low, high, same in ((number[:-1], number[1:], same_up), (number[:, :-1], number[:, 1:], same_side)):
            np.copyto(low, np.minimum(low, high), where=same)
            np.copyto(high, np.minimum(low, high), where=same)
        flat = number.ravel()  # pointer jumping: a piece's number is itself a cell that may know a smaller one
        known = flat >= 0
        flat[known] = flat[flat[known]]
        if np.array_equal(number, before):
            return number


def joined(label: Labels) -> Labels:
    """Gives every stray piece of a region to the neighbour it shares most border with, until each region is one piece.

    A piece without neighbours (an island) keeps its region: there is nothing it could join.
    """
    label = label.copy()
    for _ in range(50):
        piece = pieces(label)
        number, first, size = np.unique(piece, return_index=True, return_counts=True)
        owner = label.ravel()[first]
        largest = {int(k): int(number[owner == k][size[owner == k].argmax()]) for k in np.unique(owner) if k >= 0}
        stray = [int(n) for n, k in zip(number, owner, strict=True) if k >= 0 and largest[int(k)] != n]
        moved = False
        for one in sorted(stray, key=lambda n: int(size[number == n][0])):
            neighbour = _neighbour(label, piece == one)
            if neighbour >= 0:
                label[piece == one] = neighbour
                moved = True
        if not moved:
            return label
    return label


def _neighbour(label: Labels, piece: Bools) -> int:
    """The label that a piece touches most; -1 if it touches none."""
    own = int(label[piece][0])
    touching: list[Labels] = []
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        beside = np.roll(piece, shift, axis=axis) & ~piece
        touching.append(label[beside])
    around = np.concatenate(touching)
    around = around[(around >= 0) & (around != own)]
    return int(np.bincount(around).argmax()) if len(around) else -1


def widened(label: Labels, steps: int) -> Labels:
    """Labels carried `steps` cells outwards into the cells that have none."""
    label = label.copy()
    for _ in range(steps):
        grown = label.copy()
        for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            beside = np.roll(label, shift, axis=axis)
            np.copyto(grown, beside, where=(grown < 0) & (beside >= 0))
        label = grown
    return label
