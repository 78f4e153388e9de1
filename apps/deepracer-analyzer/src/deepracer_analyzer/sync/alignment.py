"""Which row of the log each picture shows: the most likely path through the log, and how sure it is.

The pictures f = 0 .. F-1 are a hidden Markov chain over the states

    BEFORE, row 0, row 1, ..., row N-1, AFTER

in which a picture follows another by one of the steps of `StepOdds`,

    P(r -> r) = stay[r]    P(r -> r+1) = go[r]    P(r -> r+2) = skip    P(r -> r+3) = skip / 10
    P(r -> s) = cut / N  for every s > r + 3      (a cut in the video)
    P(BEFORE -> BEFORE) = 0.8    P(BEFORE -> 0) = 0.2    P(BEFORE -> s) = cut / N      P(AFTER -> AFTER) = 1

where row N-1 is followed by AFTER; and shows the speed v (rounded to 0.01 m/s) of a row with speed s by

    E(v | s) = 0.9                                        where |v - s| <= 0.0055: the same number, rounded
             = 0.03                                       where |v - s| <= 0.0155: one off in the last digit
             = max(0.0027 exp(-|v - s| / 0.15), 0.00002)  elsewhere

so that a misread picture, or one the simulator computed otherwise, costs no more than a fixed amount; a
picture that was not read says nothing about its row (E = 1). Outside of the log the car mostly stands
(E = 0.5 for v = 0), or does anything (E = 0.002).

The path is Viterbi's, with V[f, s] the log-odds of the best path that ends in s:

    V[f, s] = log E(v_f | s) + max_r (V[f-1, r] + log P(r -> s))

The maximum over all cuts is a running maximum, so that a picture costs a few array operations over N. The
confidence is the posterior probability of the path's row, by the forward-backward recurrence (the same with a
sum in place of the maximum): 1 where no other row would do, 1/k where k rows do as well, such as in a long
pause in which every picture shows 0 and a row was lost at an unknown place.

Memory is O(N sqrt F): both recurrences are kept at every sqrt(F)-th picture only, and a block of sqrt(F)
pictures is computed again on the way back; no table of F x N steps exists.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deepracer_analyzer.sync.step_odds import StepOdds
from deepracer_analyzer.views import BEFORE, Floats, Rows

EXACT = 0.0055
"""m/s by which a shown speed differs from the log's when both are the same number, rounded to 0.01 m/s."""

_LAST_DIGIT = 0.0155
_NEAR_SCALE = 0.15
_LOG_EXACT, _LOG_LAST_DIGIT, _LOG_NEAR, _LOG_ANY = (math.log(odds) for odds in (0.9, 0.03, 0.0027, 2e-5))
_LOG_OUTSIDE_STANDING, _LOG_OUTSIDE_ANY = math.log(0.5), math.log(2e-3)
_BEFORE_STAYS = 0.8
_STARTS_BEFORE = 0.5
_STARTS_EARLY = 0.4
_EARLY_ROWS = 15.0
_SKIP_TWO = 0.1
_NOTHING = -1e30
"""Log-odds of what cannot be."""

_TINIEST = 1e-300


@dataclass(frozen=True, slots=True)
class Alignment:
    """The row of each of F pictures.

    Attributes:
        rows: int (F,), never falling; BEFORE for pictures from before the log.
        confidence: float64 (F,), 0 to 1; 0 after the log's end.
        after: bool (F,)'s sum: pictures from after the log's end, which stay on its last row.
    """

    rows: Rows
    confidence: Floats
    after: int

    @property
    def before(self) -> int:
        """Pictures from before the log."""
        return int((self.rows == BEFORE).sum())


def align(shown: Floats, speed: Floats, odds: StepOdds) -> Alignment:
    """Find the row that each picture shows.

    Args:
        shown: float64 (F,), the speed in each picture, m/s; NaN where it was not read.
        speed: float64 (N,), the speed of each row, m/s.
        odds: Of the steps between pictures.

    Raises:
        ValueError: The log has no row.
    """
    if not len(speed):
        msg = "the log has no rows; give one with at least one"
        raise ValueError(msg)
    if not len(shown):
        return Alignment(np.zeros(0, np.intp), np.zeros(0), 0)
    chain = _Chain(speed, odds)
    states, confidence = _walk_back(chain, shown)
    last = len(speed) + 1
    after = states == last
    rows = np.minimum(states - 1, len(speed) - 1)
    return Alignment(rows.astype(np.intp), np.where(after, 0.0, confidence), int(after.sum()))


class _Chain:
    """The states (0: BEFORE, 1 .. N: the rows, N+1: AFTER), their steps and what they show."""

    def __init__(self, speed: Floats, odds: StepOdds) -> None:
        count = len(speed)
        self.speed = np.where(np.isfinite(speed), speed, np.inf)
        stay = np.concatenate(([_BEFORE_STAYS], odds.stay, [1.0]))
        go = np.concatenate(([1 - _BEFORE_STAYS - odds.cut], odds.go, [0.0]))
        go[count] += odds.skip * (1 + _SKIP_TWO) + odds.cut  # from the last row there is one way on
        self.odds = (stay, go, odds.skip, odds.skip * _SKIP_TWO, odds.cut / count)
        with np.errstate(divide="ignore"):
            self.logs = tuple(np.maximum(np.log(part), _NOTHING) for part in self.odds)

    def start(self) -> Floats:
        """The odds of the first picture's state."""
        count = len(self.speed)
        early = np.exp(-np.arange(count) / _EARLY_ROWS)
        rows = _STARTS_EARLY * early / early.sum() + (1 - _STARTS_BEFORE - _STARTS_EARLY) / count
        return np.concatenate(([_STARTS_BEFORE], rows, [1e-9]))

    def emission(self, shown: float) -> Floats:
        """The log-odds of what a picture shows, for each state."""
        log_odds = np.zeros(len(self.speed) + 2)
        if not math.isfinite(shown):
            return log_odds
        log_odds[0] = log_odds[-1] = _LOG_OUTSIDE_STANDING if shown < EXACT else _LOG_OUTSIDE_ANY
        away, rows = np.abs(self.speed - shown), log_odds[1:-1]
        np.maximum(away * (-1 / _NEAR_SCALE) + _LOG_NEAR, _LOG_ANY, out=rows)
        close = np.flatnonzero(away <= _LAST_DIGIT)
        rows[close] = np.where(away[close] <= EXACT, _LOG_EXACT, _LOG_LAST_DIGIT)
        return log_odds

    def best_step(self, before: Floats) -> Floats:
        """max_r (before[r] + log P(r -> s)) for each state s."""
        stay, go, skip, skip_two, cut = self.logs
        best = before + stay
        np.maximum(best[1:], (before + go)[:-1], out=best[1:])
        # Steps over rows lead to rows only: neither from BEFORE, but by a cut, nor to AFTER.
        rows = slice(1, -1)
        inner, target = before[rows], best[rows]
        np.maximum(target[2:], inner[:-2] + skip, out=target[2:])
        np.maximum(target[3:], inner[:-3] + skip_two, out=target[3:])
        reach = np.maximum.accumulate(before[:-2])
        np.maximum(target[1:], before[0] + cut, out=target[1:])
        np.maximum(target[4:], reach[1:-3] + cut, out=target[4:])
        return best

    def sum_step(self, before: Floats) -> Floats:
        """sum_r before[r] P(r -> s) for each state s."""
        stay, go, skip, skip_two, cut = self.odds
        total = before * stay
        total[1:] += (before * go)[:-1]
        inner, target = before[1:-1], total[1:-1]
        target[2:] += inner[:-2] * skip
        target[3:] += inner[:-3] * skip_two
        target[1:] += before[0] * cut
        target[4:] += np.cumsum(inner)[:-4] * cut
        return total

    def sum_step_back(self, after: Floats) -> Floats:
        """sum_s P(r -> s) after[s] for each state r: the transposed step."""
        stay, go, skip, skip_two, cut = self.odds
        total = after * stay
        total[:-1] += go[:-1] * after[1:]
        inner, target = after[1:-1], total[1:-1]
        target[:-2] += inner[2:] * skip
        target[:-3] += inner[3:] * skip_two
        target[:-4] += np.cumsum(inner[::-1])[::-1][4:] * cut
        total[0] += inner[1:].sum() * cut
        return total

    def came_from(self, before: Floats, state: int) -> int:
        """The state from which the best step leads to `state`."""
        stay, go, skip, skip_two, cut = self.logs
        ways = [(before[state] + stay[state], state)]
        if state:
            ways.append((before[state - 1] + go[state - 1], state - 1))
        if 1 < state <= len(self.speed):
            ways.append((before[0] + cut, 0))
            ways += [
                (before[state - step] + cost, state - step)
                for step, cost in ((2, skip), (3, skip_two))
                if state - step >= 1
            ]
            if state > 4:  # a cut passes over at least three rows
                far = 1 + int(before[1 : state - 3].argmax())
                ways.append((before[far] + cut, far))
        return max(ways)[1]


@dataclass(frozen=True, slots=True)
class _At:
    """Both recurrences at one picture: log-odds of the best path to each state, odds of all paths; and E."""

    best: Floats
    total: Floats
    emission: Floats


def _first(chain: _Chain, shown: float) -> _At:
    log_emission = chain.emission(shown)
    emission = np.exp(log_emission)
    total = chain.start() * emission
    return _At(np.log(chain.start()) + log_emission, total / total.sum(), emission)


def _forward(chain: _Chain, at: _At, shown: Floats) -> Iterator[_At]:
    """The recurrences at each of the pictures after `at`."""
    for value in shown:
        log_emission = chain.emission(float(value))
        emission = np.exp(log_emission)
        best = chain.best_step(at.best) + log_emission
        total = chain.sum_step(at.total) * emission
        at = _At(best - best.max(), total / total.sum(), emission)
        yield at


def _walk_back(chain: _Chain, shown: Floats) -> tuple[Rows, Floats]:
    """The best path's state at each picture, and that state's posterior probability."""
    frames = len(shown)
    block = max(1, math.isqrt(frames))
    kept = [_first(chain, float(shown[0]))]  # the recurrences at pictures 0, block, 2 block, ...
    for number, at in enumerate(_forward(chain, kept[0], shown[1:]), start=1):
        if number % block == 0:
            kept.append(at)
    states = np.empty(frames, np.intp)
    confidence = np.empty(frames)
    state, back, stop = -1, np.ones(len(chain.speed) + 2), frames
    while kept:
        first = kept.pop()
        start = len(kept) * block
        inside = [first, *_forward(chain, first, shown[start + 1 : stop])]
        for frame in range(stop - 1, start - 1, -1):
            at = inside.pop()
            state = int(at.best.argmax()) if state < 0 else chain.came_from(at.best, state)
            odds = at.total * back
            # The sum is 0 where what came before and what comes after exclude each other.
            states[frame], confidence[frame] = state, odds[state] / max(float(odds.sum()), _TINIEST)
            back = chain.sum_step_back(back * at.emission)
            back /= back.sum()
        stop = start
    return states, confidence
