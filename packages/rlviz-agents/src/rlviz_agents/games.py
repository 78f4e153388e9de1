"""Which game a step belongs to: agents are trained on lives as episodes, people count games."""

from rlviz_agents.steps import Step


class GameCounter:
    """Numbers the games of a run's first environment, from 1.

    An episode that ends is the end of a game, unless it was only a life: then the next step of the same game
    has fewer lives left. Where the environment knows no lives (or, as in Pong, has none) every episode is a
    game.
    """

    def __init__(self) -> None:
        self._game = 1
        self._ended = False
        self._lives: int | None = None

    def update(self, step: Step) -> int:
        """Take the run's next step in.

        Args:
            step: every step, in order.

        Returns:
            The number of the game that the step belongs to.
        """
        if self._ended and not self._lost_a_life(step.lives):
            self._game += 1
        self._ended, self._lives = step.done, step.lives
        return self._game

    def _lost_a_life(self, lives: int | None) -> bool:
        """Whether there are fewer lives now than before the last step."""
        return lives is not None and self._lives is not None and lives < self._lives
