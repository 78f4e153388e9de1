# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""Run `rl_zoo3.record_video` itself, unchanged, and keep a trace of what it does.

    python -m rlviz_agents.reference TRACE -- --algo dqn --env BreakoutNoFrameskip-v4 -f logs -n 200 -o videos

The zoo's module is run as `python -m rl_zoo3.record_video` would run it. Only the recorder that it imports is
replaced, by a subclass that does the same and notes each step. The zoo's recorder needs moviepy (extra
`rlviz-agents[reference]`).
"""

import runpy
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rlviz_agents.trace import TraceWriter, trace_row

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecVideoRecorder


def tracing_recorder(trace: TraceWriter) -> "type[VecVideoRecorder]":
    """Make a subclass of SB3's VecVideoRecorder that writes a row of the trace after each step."""
    import numpy as np
    from stable_baselines3.common.preprocessing import is_image_space_channels_first
    from stable_baselines3.common.vec_env import VecTransposeImage, VecVideoRecorder

    class TracingRecorder(VecVideoRecorder):
        """Records as SB3 does; what it sees goes into the trace as well."""

        def reset(self) -> Any:  # noqa: ANN401
            self._seen: Any = super().reset()
            self._frame = self.recorded_frames[-1]
            return self._seen

        def step_async(self, actions: Any) -> None:  # noqa: ANN401
            self._chosen = np.array(actions)
            super().step_async(actions)

        def step_wait(self) -> Any:  # noqa: ANN401
            seen, frame = self._as_network_sees(), self._frame
            step = self.step_id
            result = super().step_wait()
            self._seen = result[0]
            # The recorder empties its list once the video is whole; no step follows then.
            self._frame = self.recorded_frames[-1] if self.recorded_frames else frame
            trace.write(trace_row(step, seen, self._chosen, result[1], result[2], frame))
            return result

        def _as_network_sees(self) -> Any:  # noqa: ANN401
            space: Any = self.observation_space
            if is_image_space_channels_first(space):
                return np.ascontiguousarray(self._seen)
            return np.ascontiguousarray(VecTransposeImage.transpose_image(self._seen))

    return TracingRecorder


def main(argv: Sequence[str] | None = None) -> int:
    """Run record_video with the arguments behind `--`; its trace goes to the file named before it."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) < 2 or arguments[1] != "--":
        message = "expected: python -m rlviz_agents.reference TRACE -- <arguments of rl_zoo3.record_video>"
        raise SystemExit(message)
    from stable_baselines3.common import vec_env

    original_recorder, original_arguments = vec_env.VecVideoRecorder, sys.argv
    with TraceWriter(arguments[0]) as trace:
        try:
            vec_env.VecVideoRecorder = tracing_recorder(trace)
            sys.argv = ["record_video", *arguments[2:]]
            runpy.run_module("rl_zoo3.record_video", run_name="__main__", alter_sys=True)
        finally:
            vec_env.VecVideoRecorder, sys.argv = original_recorder, original_arguments
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
