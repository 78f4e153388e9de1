"""The one wrapper added to an environment; it changes nothing and can be asked how the game stands.

This module imports gymnasium and is itself imported only when an environment is made, in every process that
makes one. It imports rl_zoo3 because that patches gymnasium's TimeLimit: an environment in a process of its
own has to be patched as well, before it is made. For the same reason the Atari emulator's banner is kept off
stderr here; ale-py itself silences all but errors, one line after the banner.
"""

import contextlib
import os
import signal
from typing import Any, SupportsFloat

import gymnasium as gym
import rl_zoo3  # noqa: F401  # pyright: ignore[reportUnusedImport]

from rlviz_agents.steps import GameState

with contextlib.suppress(ImportError):
    import ale_py

    emulator: Any = ale_py
    emulator.ALEInterface.setLoggerMode(emulator.LoggerMode.Error)


class GameStateWrapper(gym.Wrapper[Any, Any, Any, Any]):
    """Passes everything through and adds up the rewards before any wrapper clips them."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self._score = 0.0
        self._total = 0.0
        self._ale = getattr(env.unwrapped, "ale", None)

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:  # noqa: ANN401
        """Pass on exactly the arguments given; a real new game starts from zero points."""
        result = self.env.reset(**kwargs)
        self._score = 0.0
        return result

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:  # noqa: ANN401
        """Pass the step on and count its unclipped reward."""
        result = self.env.step(action)
        reward = float(result[1])
        self._score += reward
        self._total += reward
        return result

    def game_state(self) -> GameState:
        """Tell how the game stands; nothing is changed."""
        if self._ale is None:
            return GameState(self._score, self._total, -1, None)
        return GameState(self._score, self._total, int(self._ale.lives()), self._ale.getRAM())

    def action_meanings(self) -> list[str] | None:
        """Name the actions as the environment does, or None where it does not."""
        meanings = getattr(self.env.unwrapped, "get_action_meanings", None)
        return None if meanings is None else [str(name) for name in meanings()]

    def emulator_skip(self) -> float | None:
        """Frames of the console in a step of the bare environment, or None where there is no console.

        Where the number is drawn at random from a range, low to high - 1, it is the mean.
        """
        if self._ale is None:
            return None
        skip: int | tuple[int, int] = getattr(self.env.unwrapped, "_frameskip", 1)
        return (skip[0] + skip[1] - 1) / 2 if isinstance(skip, tuple) else float(skip)


class WorkerStateWrapper(GameStateWrapper):
    """The same in a process of its own, which leaves Ctrl-C to the process that plays.

    A terminal interrupts all of them; environments that end by themselves would break the pipes of a run that
    is being finished.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"  # it greets, on what is also the player's stdout
        super().__init__(env)
