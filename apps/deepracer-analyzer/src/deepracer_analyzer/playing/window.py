"""Playing a replay in a window."""

from collections.abc import Callable
from contextlib import closing

import click
from rlviz_overlay import one_thread
from rlviz_video import interrupts_deferred

from deepracer_analyzer.playing.display import check_display
from deepracer_analyzer.playing.playable import Playable
from deepracer_analyzer.playing.player import Player
from deepracer_analyzer.playing.recorder import Recorder
from deepracer_analyzer.playing.screen import OpenCVScreen


def play(simulation: Playable, say: Callable[[str], None] = click.echo) -> int:
    """Play a replay in a window until the user quits, with Q or Esc, by closing it, or with Ctrl-C.

    Args:
        simulation: What is played; it is left where it was quit.
        say: Takes each line for the console.

    Returns:
        The exit status: 0, or 130 after Ctrl-C. A recording under way is finished either way.

    Raises:
        OSError: No window can be opened.
    """
    check_display()
    recorder = Recorder(simulation.recording_folder, simulation.size)
    with one_thread(), closing(OpenCVScreen(simulation.title)) as screen:
        player = Player(simulation, screen, recorder, say)
        try:
            while not simulation.state.quit:
                # A picture is whole or not there; and OpenCV 5's bindings crash when Ctrl-C comes in a call.
                with interrupts_deferred():
                    player.turn()
        except KeyboardInterrupt:
            return 130
        finally:
            player.finish()
    return 0
