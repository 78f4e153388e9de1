"""Which scalar of a network's output a map explains, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Transform = Literal["none", "log_softmax", "quantile_mean"]


def _units(head: str, values: NDArray[np.float32], transform: Transform) -> NDArray[np.float32]:
    """Apply a target's transform to one head's raw values, in NumPy."""
    wanted = 3 if transform == "quantile_mean" else 2
    if values.ndim != wanted:
        shape = "(samples, quantiles, units)" if wanted == 3 else "(samples, units)"
        hint = "Target.quantile_mean()" if values.ndim == 3 else "a target without quantile_mean"
        msg = f"head {head!r} has shape {values.shape}, but the target needs {shape}; use {hint}"
        raise ValueError(msg)
    if transform == "quantile_mean":
        return values.mean(axis=1, dtype=np.float32)
    if transform == "log_softmax":
        shifted = values - values.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return values


@dataclass(frozen=True, slots=True)
class Choice:
    """A target in numbers, for one batch: what a framework needs to choose within its own pass.

    The weights are w = (onehot(index) - minus) sign, with an index or sign that is left open taken from the
    units y = f(head) themselves: the highest unit, and the sign of <onehot(index) - minus, y>.

    Attributes:
        index: (N,) int32, the unit of each sample, or -1 for its highest.
        minus: (units,) float32, what is taken off.
        sign: (N,) float32, 1 or -1, or 0 for the score's own.
    """

    index: NDArray[np.int32]
    minus: NDArray[np.float32]
    sign: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Target:
    """The scalar S = <weights, f(head)> that a map explains, one per sample.

    Attributes:
        head: Name of the output; may be left out when the network has only one.
        index: Unit; ``None`` for each sample's highest; a tuple for one unit per sample of the batch.
        minus: What is taken off: another unit, or ``"mean"`` of all units.
        transform: f, applied to the head first: nothing, log-softmax over the units, or the mean over
            quantiles (a head of shape (N, quantiles, units) becomes (N, units)).
        sign: -1 explains what lowers the score (for a steering output: left instead of right); ``"own"``
            explains each sample's score in the direction that it has, S = |<weights, f(head)>|; a tuple holds
            one 1 or -1 per sample of the batch.

    Raises:
        ValueError: When a field has a value that no target can have.
    """

    head: str | None = None
    index: int | tuple[int, ...] | None = None
    minus: int | Literal["mean"] | None = None
    transform: Transform = "none"
    sign: Literal[1, -1, "own"] | tuple[int, ...] = 1

    def __post_init__(self) -> None:
        signs = self.sign if isinstance(self.sign, tuple) else (self.sign,)
        if self.sign != "own" and (not signs or not set(signs) <= {1, -1}):
            msg = f"the sign of a target is {self.sign!r}; give 1, -1, 'own' or a tuple of one per sample"
            raise ValueError(msg)
        if self.transform not in {"none", "log_softmax", "quantile_mean"}:
            msg = f"unknown transform {self.transform!r}; choose one of: none, log_softmax, quantile_mean"
            raise ValueError(msg)
        if isinstance(self.minus, str) and self.minus != "mean":
            msg = f"a target can be taken minus a unit's number or 'mean', not {self.minus!r}"
            raise ValueError(msg)
        if isinstance(self.index, int) and self.index == self.minus:
            msg = f"a contrast of unit {self.index} with itself is always 0; give two different units"
            raise ValueError(msg)

    @classmethod
    def unit(cls, index: int | Iterable[int] | None = None, *, head: str | None = None) -> Self:
        """One unit's value: S = y[index]; without an index, each sample's highest."""
        return cls(head=head, index=_index(index))

    @classmethod
    def advantage(cls, index: int | Iterable[int] | None = None, *, head: str | None = None) -> Self:
        """One unit above the mean of all: S = y[index] - mean(y)."""
        return cls(head=head, index=_index(index), minus="mean")

    @classmethod
    def contrast(cls, a: int, b: int, *, head: str | None = None) -> Self:
        """Why a rather than b: S = y[a] - y[b]."""
        return cls(head=head, index=a, minus=b)

    @classmethod
    def value(cls, head: str = "value") -> Self:
        """The state's value: S = V(s), the one unit of the head."""
        return cls(head=head, index=0)

    @classmethod
    def log_probability(cls, index: int | Iterable[int] | None = None, *, head: str = "logits") -> Self:
        """The log-probability of one unit: S = log softmax(y)[index]."""
        return cls(head=head, index=_index(index), transform="log_softmax")

    @classmethod
    def quantile_mean(cls, index: int | Iterable[int] | None = None, *, head: str = "quantiles") -> Self:
        """The expected return of one action of a quantile network: S = mean over quantiles of z[:, index]."""
        return cls(head=head, index=_index(index), transform="quantile_mean")

    def resolve(self, outputs: Iterable[str]) -> str:
        """Name the head that this target reads.

        Args:
            outputs: The names of the heads there are (a mapping by name will do).

        Raises:
            ValueError: When there is no such head, or several to choose from and none is named.
        """
        names = tuple(outputs)
        if self.head is None and len(names) == 1:
            return names[0]
        if self.head is None:
            msg = (
                f"the target names no head and the network has {len(names)}; name one of: {', '.join(names)}"
            )
            raise ValueError(msg)
        if self.head not in names:
            msg = f"no head {self.head!r}; choose one of: {', '.join(names)}"
            raise ValueError(msg)
        return self.head

    def units(self, outputs: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return f(head), (N, units) float32: the values between which the target chooses."""
        head = self.resolve(outputs)
        return _units(head, np.asarray(outputs[head], dtype=np.float32), self.transform)

    def choice(self, samples: int, count: int) -> Choice:
        """Return the target in numbers for a batch of samples of a head with so many units.

        Raises:
            ValueError: When a unit does not exist, or a tuple has another length than the batch.
        """
        for what, given in (("units", self.index), ("signs", self.sign)):
            if isinstance(given, tuple) and len(given) != samples:
                msg = f"the target names {len(given)} {what} for {samples} samples; give one per sample"
                raise ValueError(msg)
        index = np.empty(samples, dtype=np.int32)
        index[:] = -1 if self.index is None else self.index
        named = [] if self.index is None else [int(index.min()), int(index.max())]
        for unit in (*named, self.minus if isinstance(self.minus, int) else 0):
            if not 0 <= unit < count:
                msg = f"no unit {unit}: the head has {count} units, numbered 0 to {count - 1}"
                raise ValueError(msg)
        minus = np.full(count, 1 / count if self.minus == "mean" else 0, dtype=np.float32)
        if isinstance(self.minus, int):
            minus[self.minus] = 1
        sign = np.empty(samples, dtype=np.float32)
        sign[:] = 0 if self.sign == "own" else self.sign
        return Choice(index, minus, sign)

    def indices(self, units: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the unit explained for each sample, (N,), given f(head) of shape (N, units).

        Raises:
            ValueError: When a unit does not exist, or a tuple has another length than the batch.
        """
        index = self.choice(*units.shape).index
        return np.where(index < 0, units.argmax(axis=1), index)

    def signs(self, units: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return each sample's sign, 1 or -1, (N,) float32, given f(head) of shape (N, units).

        The own sign of a score of 0 is 1.
        """
        sign = self.choice(*units.shape).sign
        scores = (self._unsigned(units) * units).sum(axis=1, dtype=np.float32)
        return np.where(sign == 0, np.where(scores < 0, np.float32(-1), np.float32(1)), sign)

    def weights(self, units: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return w with S = <w, f(head)>, the sign included.

        Args:
            units: f(head), (N, units): needed for its shape, for each sample's highest and for its own sign.

        Returns:
            (N, units) float32; constant under differentiation.
        """
        return self._unsigned(units) * self.signs(units)[:, None]

    def _unsigned(self, units: NDArray[np.float32]) -> NDArray[np.float32]:
        weights = np.zeros(units.shape, dtype=np.float32)
        weights[np.arange(len(units)), self.indices(units)] = 1
        return weights - self.choice(*units.shape).minus

    def scores(self, outputs: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return S for each sample, (N,) float32, from the heads' raw values."""
        units = self.units(outputs)
        return (self.weights(units) * units).sum(axis=1, dtype=np.float32)

    def describe(self) -> str:
        """Say in words which scalar this is, for panels and manifests."""
        if self.index is None:
            unit = "highest"
        elif isinstance(self.index, tuple):
            unit = "one unit per frame"
        else:
            unit = str(self.index)
        name = f"{self.head or 'output'}[{unit}]"
        if self.transform == "log_softmax":
            name = f"log softmax {name}"
        elif self.transform == "quantile_mean":
            name = f"quantile mean {name}"
        if self.minus is not None:
            name = f"{name} - {self.minus if self.minus == 'mean' else f'[{self.minus}]'}"
        if self.sign == "own":
            return f"{name} in its own direction"
        if isinstance(self.sign, tuple):
            return f"{name} with one sign per frame"
        return f"-({name})" if self.sign == -1 else name


def _index(index: int | Iterable[int] | None) -> int | tuple[int, ...] | None:
    if index is None or isinstance(index, int):
        return index
    if isinstance(index, np.integer):
        return int(index)
    return tuple(int(unit) for unit in index)
