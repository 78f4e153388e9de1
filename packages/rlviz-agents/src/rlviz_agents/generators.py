# pyright: reportUnknownMemberType=false
"""The global random generators of Python, NumPy and PyTorch, left as they were."""

import random
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np


@contextmanager
def generators_kept() -> Generator[None]:
    """Give the global random generators the states back that they have now, also after an error."""
    import torch

    state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002 (the generator that SB3 uses)
    with torch.random.fork_rng(devices=[]):  # networks are made on the CPU
        try:
            yield
        finally:
            random.setstate(state)
            np.random.set_state(numpy_state)  # noqa: NPY002
