"""What a clip came to: its points, its games, and one number for all of it."""

from dataclasses import dataclass

from rlviz_agents import GameCounter, RunDigest, Step


@dataclass(frozen=True, slots=True)
class Tally:
    """How the game stood after a step.

    Attributes:
        steps: steps played so far.
        points: sum of the unclipped rewards.
        episode: number of the game that the step belongs to, from 1.
        finished: scores of the games that have ended, in order.
        digest: SHA-256 of the steps so far (`rlviz_agents.RunDigest`).
    """

    steps: int = 0
    points: float = 0.0
    episode: int = 1
    finished: tuple[float, ...] = ()
    digest: str = ""


class Tallying:
    """Adds up the steps of a clip, in order."""

    def __init__(self) -> None:
        self._games = GameCounter()
        self._digest = RunDigest()
        self._score = 0.0
        self._tally = Tally()

    def update(self, step: Step) -> Tally:
        """Take one more step in."""
        before, episode = self._tally, self._games.update(step)
        finished = (*before.finished, self._score) if episode > before.episode else before.finished
        self._score = step.score + step.unclipped_reward
        self._digest.update(step)
        points = before.points + step.unclipped_reward
        self._tally = Tally(before.steps + 1, points, episode, finished, self._digest.hexdigest())
        return self._tally
