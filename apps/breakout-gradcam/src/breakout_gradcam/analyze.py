"""The `analyze` command: a run's decisions as text and as CSV."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from rlviz_cam import PLACEMENTS
from rlviz_video import Timeline

from breakout_gradcam.analysis import COLUMNS, analyze, describe, limits
from breakout_gradcam.canvas import game_name
from breakout_gradcam.explain import Explainer
from breakout_gradcam.runs import open_network, open_run
from breakout_gradcam.settings import AgentSettings, MapSettings, OutputSettings, RunSettings


def analyze_agent(
    agent: AgentSettings,
    settings: RunSettings,
    maps: MapSettings,
    output: OutputSettings,
    csv: Path | None,
    say: Callable[[str], None],
    *,
    as_json: bool = False,
) -> None:
    """Analyse a run frame by frame, as it is played or read; one text (or JSON line) a frame.

    Args:
        agent: which agent.
        settings: how it is played.
        maps: target, layer and method.
        output: `from_recording` names a recording to read instead of playing; `force` replaces the CSV.
        csv: where the rows go as CSV too, or None.
        say: takes each text.
        as_json: one JSON object a frame instead of text.

    Raises:
        ValueError: a setting that does not fit.
        OSError: an input that cannot be read, or an output that exists or cannot be written.
    """
    with ExitStack() as stack:
        table = stack.enter_context(Timeline(csv, COLUMNS, force=output.force)) if csv else None
        run = stack.enter_context(open_run(agent, settings, output.from_recording))
        backend, heads = open_network(run)
        # Cells are judged by what they see, so where their heat would be drawn makes no difference.
        explainer = Explainer(backend, heads, run.actions, replace(maps, placement=PLACEMENTS[0]))
        is_breakout = game_name(run.header["env_id"]) == "Breakout"
        if not as_json:
            say(limits(explainer.field) + "\n")
            if not is_breakout:
                say("Only Breakout's RAM is read for objects; for this game there are no shares.\n")
        for row in analyze(explainer.stream(run), explainer.field, run.actions, breakout=is_breakout):
            say(json.dumps(asdict(row)) if as_json else describe(row) + "\n")
            if table:
                table.write(asdict(row))
