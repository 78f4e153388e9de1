"""What a reward expression is made of once it is read: a few kinds of parts, each computed on whole columns.

A formula is a tree of the parts below and of nothing else; it can only compute. It follows Python's meaning
row by row, float64 throughout (so True is 1.0): `//` and `%` round down, `a < b < c` is `a < b and b < c`, `a
and b` is `b` where `a` is not zero and `a` elsewhere.

What Python would raise an error for (1/0, log(0), sqrt(-1), exp(1000)) becomes a code in `Result.failed` for
the rows concerned and goes along with them through the whole formula, so that `1 if 1/{x} > 2 else 0` fails
where x is 0. Both branches of an if-else, and both sides of `and` and `or`, are computed for every row; what
fails in the branch that Python would not have taken is forgotten, so that `0 if {steps}==0 else
{progress}/{steps}` never fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepracer_analyzer.views import Floats

Codes = NDArray[np.uint8]
"""For each row an index into `FAILURES`; 0 where nothing failed."""

Values = NDArray[Any]
"""float64, or text as objects; shape (N,), or () for what is the same in every row."""

FAILURES = (
    "",
    "division by zero",
    "log of zero or less",
    "sqrt of a negative number",
    "a negative number to a fractional power",
    "a number too large",
)
_NONE, _ZERO, _LOG, _ROOT, _POWER, LARGE = (np.uint8(code) for code in range(len(FAILURES)))


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a log frame as arrays of one kind."""

    frame: pd.DataFrame

    def numbers(self, column: str) -> Floats:
        """float64 (N,); NaN where the log has no number, 1 and 0 for True and False."""
        return np.asarray(self.frame[column].to_numpy(dtype=np.float64, na_value=np.nan))

    def texts(self, column: str) -> Values:
        """Objects (N,); an empty text where the log has none."""
        return np.asarray(self.frame[column].to_numpy(dtype=object, na_value=""))


@dataclass(frozen=True, slots=True)
class Result:
    """What a part of a formula comes to.

    Attributes:
        values: For each row; whatever stands in rows that failed means nothing.
        failed: What could not be computed; None where all could.
    """

    values: Values
    failed: Codes | None = None


class Formula(Protocol):
    """A part of a formula, or the whole of it."""

    def evaluate(self, table: Table) -> Result:
        """Its value in each row."""
        ...


def _first(one: Codes | None, other: Codes | None) -> Codes | None:
    """The failure that Python would have met first."""
    if one is None or other is None:
        return other if one is None else one
    return np.where(one != _NONE, one, other)


def _only(failed: Codes | None, where: NDArray[np.bool_]) -> Codes | None:
    """Failures in the rows that Python would have looked at."""
    return None if failed is None else np.where(where, failed, _NONE)


@dataclass(frozen=True, slots=True)
class Number:
    """The same number in every row."""

    value: float

    def evaluate(self, table: Table) -> Result:
        """The number."""
        del table
        return Result(np.asarray(self.value, np.float64))


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in every row, to compare a column with."""

    value: str

    def evaluate(self, table: Table) -> Result:
        """The text."""
        del table
        return Result(np.asarray(self.value, object))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers."""

    name: str

    def evaluate(self, table: Table) -> Result:
        """The column."""
        return Result(table.numbers(self.name))


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of texts."""

    name: str

    def evaluate(self, table: Table) -> Result:
        """The column."""
        return Result(table.texts(self.name))


def _too_large(*_: Values) -> np.uint8:
    return LARGE


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or function and what can go wrong with it.

    Attributes:
        compute: NumPy's equivalent.
        cause: From the same arguments, why the result is not finite; `LARGE` where there is one reason alone.
        least: Fewest arguments.
        most: Most arguments.
    """

    compute: Callable[..., Values]
    cause: Callable[..., Any] = _too_large
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Applied:
    """An operation on its arguments."""

    operation: Operation
    arguments: tuple[Formula, ...]

    def evaluate(self, table: Table) -> Result:
        """The operation's result; rows fail where it is not finite though the arguments are."""
        results = [argument.evaluate(table) for argument in self.arguments]
        failed = reduce(_first, (result.failed for result in results), None)
        given = [result.values for result in results]
        with np.errstate(all="ignore"):
            values = np.asarray(self.operation.compute(*given))
            bad = ~np.isfinite(values)
            if bad.any():
                for argument in given:
                    bad &= np.isfinite(argument)
                failed = _first(failed, np.where(bad, self.operation.cause(*given), _NONE).astype(np.uint8))
        return Result(values, failed)


@dataclass(frozen=True, slots=True)
class Compared:
    """A chain of comparisons, `a < b <= c`: one relation fewer than there are sides."""

    relations: tuple[Callable[[Any, Any], Any], ...]
    sides: tuple[Formula, ...]

    def evaluate(self, table: Table) -> Result:
        """1 where the whole chain holds, else 0; after a relation that does not hold nothing can fail."""
        left = self.sides[0].evaluate(table)
        holds, failed = np.asarray(True), left.failed
        for relation, side in zip(self.relations, self.sides[1:], strict=True):
            right = side.evaluate(table)
            failed = _first(failed, _only(right.failed, holds))
            holds = holds & np.asarray(relation(left.values, right.values), np.bool_)
            left = right
        return Result(holds.astype(np.float64), failed)


@dataclass(frozen=True, slots=True)
class Joined:
    """`a and b and c`, or `a or b or c`."""

    sign: Literal["and", "or"]
    sides: tuple[Formula, ...]

    def evaluate(self, table: Table) -> Result:
        """The side at which Python stops; what fails in a later one does not show."""
        result = self.sides[0].evaluate(table)
        for side in self.sides[1:]:
            right = side.evaluate(table)
            on = (result.values != 0) == (self.sign == "and")
            values = np.where(on, right.values, result.values)
            result = Result(values, _first(result.failed, _only(right.failed, on)))
        return result


@dataclass(frozen=True, slots=True)
class Chosen:
    """`yes if test else no`."""

    test: Formula
    yes: Formula
    no: Formula

    def evaluate(self, table: Table) -> Result:
        """One side or the other for each row; both were computed."""
        test, yes, no = (part.evaluate(table) for part in (self.test, self.yes, self.no))
        on = test.values != 0
        chosen = _first(_only(yes.failed, on), _only(no.failed, ~on))
        return Result(np.where(on, yes.values, no.values), _first(test.failed, chosen))


def _power_cause(base: Values, exponent: Values) -> Values:
    fractional = (base < 0) & (exponent != np.floor(exponent))
    return np.where((base == 0) & (exponent < 0), _ZERO, np.where(fractional, _POWER, LARGE))


def _log(value: Values, base: Values | None = None) -> Values:
    if base is None:
        return np.log(value)
    return np.log(value) / np.where(base > 0, np.log(base), np.nan)  # log(0) would divide anything to 0


def _log_cause(value: Values, base: Values | None = None) -> Values:
    bases = np.asarray(2.0) if base is None else base
    return np.where((value <= 0) | (bases <= 0), _LOG, np.where(bases == 1, _ZERO, LARGE))


def _clip(value: Values, lowest: Values, highest: Values) -> Values:
    return np.minimum(np.maximum(value, lowest), highest)


def _fold(function: Callable[[Any, Any], Values]) -> Callable[..., Values]:
    def folded(*arguments: Values) -> Values:
        return reduce(function, arguments)

    return folded


def _negative(value: Values) -> np.uint8:
    del value
    return _ROOT


def _by_zero(dividend: Values, divisor: Values) -> Values:
    del dividend
    return np.where(divisor == 0, _ZERO, LARGE)


def _power(base: Values, exponent: Values) -> Values:
    return base**exponent  # np.power does not know that **2 is a square


def _not(value: Values) -> Values:
    return np.asarray(value == 0, np.float64)


ADD = Operation(np.add, least=2, most=2)
SUBTRACT = Operation(np.subtract, least=2, most=2)
MULTIPLY = Operation(np.multiply, least=2, most=2)
DIVIDE = Operation(np.divide, _by_zero, 2, 2)
FLOOR_DIVIDE = Operation(np.floor_divide, _by_zero, 2, 2)
REMAINDER = Operation(np.remainder, _by_zero, 2, 2)
POWER = Operation(_power, _power_cause, 2, 2)
NEGATE = Operation(np.negative)
KEEP = Operation(np.positive)
NOT = Operation(_not)

MANY = 32
"""The most arguments of `min` and `max`."""

FUNCTIONS = {
    "abs": Operation(np.abs),
    "min": Operation(_fold(np.minimum), least=2, most=MANY),
    "max": Operation(_fold(np.maximum), least=2, most=MANY),
    "sqrt": Operation(np.sqrt, _negative),
    "exp": Operation(np.exp),
    "log": Operation(_log, _log_cause, 1, 2),
    "sin": Operation(np.sin),
    "cos": Operation(np.cos),
    "clip": Operation(_clip, least=3, most=3),
}
"""The functions an expression may call, by name."""


def codes_in(failed: Codes) -> Sequence[np.uint8]:
    """The failures that occur, without 0."""
    return [code for code in np.unique(failed) if code != _NONE]
