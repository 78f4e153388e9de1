"""Playing a replay turn by turn: pictures at their time, keys, recordings. Screen and clock are handed in."""

import os
import time
from collections.abc import Callable

from rlviz_overlay import Frame

from deepracer_analyzer.drawing.recording import draw_recording
from deepracer_analyzer.playing.notes import draw_note
from deepracer_analyzer.playing.pacing import Pacer
from deepracer_analyzer.playing.playable import ENTER, Playable, Screen
from deepracer_analyzer.playing.recorder import Recorder
from deepracer_analyzer.simulation.view import View

AT_END = "The end. 0-9 or , to go back; Q, Esc or Enter to exit"

_PATIENCE_SECONDS = 0.05
"""The longest wait for a key: a closed window and Ctrl-C are noticed after it."""

_NOTE_SECONDS = 4.0


class Player:
    """Plays a replay on a screen.

    In real time pictures that come too late are left out, but none while it is recorded: then it plays as
    fast as it can. Each picture that is stepped to is recorded once, as it is shown but for notes.

    Args:
        replay: What is played.
        screen: Where, and with which keys.
        recorder: Takes the pictures while the replay's state says so.
        say: Takes each line for the console.
        now: A clock in seconds that never goes back.
    """

    def __init__(
        self,
        replay: Playable,
        screen: Screen,
        recorder: Recorder,
        say: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._replay = replay
        self._screen = screen
        self._recorder = recorder
        self._say = say
        self._now = now
        self._pacer = Pacer(now)
        self._note, self._note_ends = "", 0.0
        self._drawn: tuple[int, View] | None = None
        self._picture: Frame | None = None
        self._damaged = False
        self._recorded: int | None = None
        self._shown: object = None

    def turn(self) -> None:
        """Show what there is to show, wait for a key or the time of the next picture, and do what is due."""
        self._start_or_finish_recording()
        begins = self._shown is None
        self._show()
        if begins:
            self._pacer.restart()
        key = self._screen.key(self._patience())
        if self._screen.closed:
            self._replay.press("q")
        elif key is not None:
            self._press(key)
            self._start_or_finish_recording()
        self._go_on()

    def finish(self) -> None:
        """End the recording under way, if there is one."""
        try:
            path = self._recorder.finish()
        except OSError as error:
            self._tell_failed("The recording is not whole", error)
            return
        if path is not None:
            self._tell(f"Recording saved to: {path}", f"Recording saved: {path.name}")

    def _press(self, key: str) -> None:
        before = self._replay.state
        if key == ENTER:
            if not self._ended():
                return
            key = "q"
        self._replay.press(key)
        after = self._replay.state
        if (after.frame_number, after.pause) != (before.frame_number, before.pause):
            self._pacer.restart()

    def _go_on(self) -> None:
        state = self._replay.state
        if state.quit or state.pause or state.at_end:
            return
        due = self._pacer.due(state.view.frame_rate)
        for _ in range(min(due, 1) if state.recording else due):
            self._replay.advance()
        if due and state.recording and self._replay.state.at_end:
            self._show()
            self._replay.press("r")

    def _patience(self) -> float:
        state = self._replay.state
        if state.pause or state.at_end:
            return _PATIENCE_SECONDS
        return min(self._pacer.remaining(state.view.frame_rate), _PATIENCE_SECONDS)

    def _ended(self) -> bool:
        state = self._replay.state
        return state.at_end and not state.pause

    def _show(self) -> None:
        """Draw, record and show what the state says, unless that is on the screen already."""
        state = self._replay.state
        self._draw()
        if state.recording and state.frame_number != self._recorded:
            self._record(state.frame_number)
        note = self._note if self._now() < self._note_ends else AT_END if self._ended() else ""
        wanted = (self._drawn, self._replay.state.recording, note)
        if wanted == self._shown or self._picture is None:
            return
        frame = self._picture
        if self._replay.state.recording:
            frame = draw_recording(frame, self._replay.moment(state.frame_number))
        self._screen.show(draw_note(frame, note) if note else frame)
        self._shown = wanted

    def _draw(self) -> None:
        """Draw the picture that the state asks for; where it is damaged the one before stays."""
        state = self._replay.state
        wanted = (state.frame_number, state.view)
        if wanted == self._drawn:
            return
        self._drawn, self._damaged = wanted, False
        try:
            self._picture = self._replay.frame()
        except ValueError as error:
            self._damaged = True
            self._tell(str(error))

    def _record(self, number: int) -> None:
        self._recorded = number
        if self._picture is None or self._damaged:
            return
        try:
            self._recorder.write(self._picture)
        except OSError as error:
            self._replay.press("r")
            self._tell_failed("The recording is not whole", error)

    def _start_or_finish_recording(self) -> None:
        state, recording = self._replay.state, self._recorder.path is not None
        if state.recording == recording:
            return
        if recording:
            self.finish()
            return
        try:
            self._recorder.start(state.view.frame_rate)
        except OSError as error:
            self._replay.press("r")
            self._tell_failed("No recording", error)
            return
        self._record(state.frame_number)

    def _tell_failed(self, what: str, error: OSError) -> None:
        """Tell of a recording that failed; the picture has no room for the file's path."""
        self._tell(f"{what}: {error}", f"{what}: {os.strerror(error.errno)}" if error.errno else None)

    def _tell(self, line: str, note: str | None = None) -> None:
        """Say a line on the console, and for some seconds on the picture."""
        self._say(line)
        self._note, self._note_ends = note or line, self._now() + _NOTE_SECONDS
