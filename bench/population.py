"""A made-up population with the shape of case data: few attributes, long tails, much unknown.

People belong to latent profiles; each profile has its own distribution over each attribute. The
shape is fixed by one seed and the sample by another, so that figures can be compared. Nobody real
is in it.
"""

from __future__ import annotations

import numpy as np

from reporting.private.workload import Attribute, Codes

ATTRIBUTES: dict[str, tuple[int, float, float]] = {
    "period": (12, 0.0, 5.0),
    "harm": (8, 0.03, 0.35),
    "age_band": (9, 0.08, 0.6),
    "gender": (4, 0.02, 0.4),
    "citizenship": (60, 0.10, 0.12),
    "country": (40, 0.15, 0.12),
    "relation": (6, 0.35, 0.5),
    "control": (8, 0.30, 0.5),
    "outcome": (7, 0.25, 0.5),
    "duration": (6, 0.40, 0.6),
}
"""Attribute → (how many codes, share not known, how even a profile is)."""
SHAPE_SEED = 20261122
PROFILES = 24


def attributes(names: tuple[str, ...] = tuple(ATTRIBUTES)) -> list[Attribute]:
    """The code lists; the first code of each is "not known"."""
    return [
        Attribute(name, ("unknown", *(str(n) for n in range(1, ATTRIBUTES[name][0] + 1))))
        for name in names
    ]


def people(number: int, seed: int = 7, names: tuple[str, ...] = tuple(ATTRIBUTES)) -> Codes:
    """One row of codes a person, shape (number, attributes)."""
    shape = np.random.default_rng(SHAPE_SEED)
    weights = shape.dirichlet(np.full(PROFILES, 0.7))
    likely = {name: _likely(shape, name) for name in ATTRIBUTES}
    chance = np.random.default_rng(seed)
    profile = chance.choice(PROFILES, size=number, p=weights)
    columns = []
    for name, (size, missing, _even) in ATTRIBUTES.items():
        drawn = chance.random(number)
        codes = np.zeros(number, dtype=np.int64)
        for one in range(PROFILES):
            here = profile == one
            codes[here] = np.searchsorted(likely[name][one].cumsum(), drawn[here])
        codes = np.minimum(codes, size - 1) + 1
        codes[chance.random(number) < missing] = 0
        if name in names:
            columns.append(codes)
    return np.stack(columns, axis=1)


def _likely(shape: np.random.Generator, name: str) -> np.ndarray:
    size, _missing, even = ATTRIBUTES[name]
    tail = 1 / np.arange(1, size + 1) ** (1.1 if size > 20 else 0.6)
    tail /= tail.sum()
    found = np.stack([shape.dirichlet(tail * size * even + 1e-3) for _ in range(PROFILES)])
    if name == "gender":
        found *= np.array([1, 1, 0.02, 0.01])
        found /= found.sum(axis=1, keepdims=True)
    return found
