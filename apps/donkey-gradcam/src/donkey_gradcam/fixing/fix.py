"""A video from a folder of frames, with what is damaged, missing or a glitch held from its neighbours."""

import sys
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from rlviz_video import VideoSpec, frame_rate, prefetch, progress

from donkey_gradcam.fixing.fix_outputs import Fixed, FixOutputs, tell
from donkey_gradcam.fixing.frame_files import FrameFiles
from donkey_gradcam.fixing.frame_repair import repair
from donkey_gradcam.fixing.outliers import FAR, FARTHER, LONGEST
from donkey_gradcam.fixing.usual_frames import Usual, measure

_FRAMES_AHEAD = 16


def fix_frames(
    frames_dir: Path, output_path: Path, fps: float, *, force: bool, say: Callable[[str], None]
) -> Fixed:
    """Rebuild a video from frames; nothing in their folder is changed.

    Frames come in natural order. A frame that cannot be read, is missing from the numbering, has another
    size than most or is a glitch (see `outliers`) is replaced by the nearer good frame, held. Runs of bad
    frames longer than a second are left out. Every one is in `<output>.fix.csv` and in the result.

    Args:
        frames_dir: the folder of the frames.
        output_path: the video, ending in `.mp4`.
        fps: its frames a second.
        force: replace outputs that exist.
        say: takes each line for the console.

    Raises:
        ValueError: no pictures, none that can be read, or a rate or name that makes no video.
        OSError: the folder cannot be read, or an output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame; later, what there is becomes the result.
    """
    rate = frame_rate(fps)
    files = FrameFiles(frames_dir)
    outputs = FixOutputs(output_path, force=force)
    usual = measure(files)
    for line in _findings(files, usual):
        say(line)
    interrupted = False
    try:
        _write(files, usual, rate, outputs)
    except KeyboardInterrupt:
        if not outputs.frames:
            raise
        interrupted = True
    fixed = outputs.fixed(usual, interrupted=interrupted)
    rule = {"times_typical": FAR, "times_neighbours": FARTHER, "longest_glitch": LONGEST}
    how = {"command": sys.argv, "frames_dir": frames_dir, "fps": rate, "glitch_rule": rule}
    outputs.write_manifest(fixed, how)
    tell(fixed, say)
    return fixed


def _write(files: FrameFiles, usual: Usual, rate: Fraction, outputs: FixOutputs) -> None:
    height, width = usual.size
    spec = VideoSpec(width + width % 2, height + height % 2, rate)
    repaired = repair(files, usual.size, usual.limit, longest=max(1, round(rate)))
    with closing(prefetch(repaired, _FRAMES_AHEAD)) as ready:
        outputs.write_all(progress(ready, len(files.names), "Rebuilding"), spec)


def _findings(files: FrameFiles, usual: Usual) -> list[str]:
    """What is known before the work begins."""
    height, width = usual.size
    lines = [
        f"{len(files.names)} frames of {width}x{height} in {files.path}",
        f"Typical change from frame to frame: {usual.typical:.1f} of 255; a glitch differs from both "
        f"neighbours by more than {usual.limit:.1f}, and {FARTHER:g} times what they differ from each other",
    ]
    if not files.step and len(files.names) > 1:
        lines.append("The names are not numbered alike: missing frames cannot be told")
    if height % 2 or width % 2:
        lines.append(f"{width}x{height} is odd, which H.264 cannot hold: the last row or column is repeated")
    return lines
