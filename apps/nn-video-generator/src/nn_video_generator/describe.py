"""What is told of a clip: in its manifest, and on the page of the videos."""

from dataclasses import asdict
from typing import Any

from nn_video_generator.clip import Clip
from nn_video_generator.tally import Tally


def describe_clip(clip: Clip, tally: Tally) -> dict[str, Any]:
    """A clip in the values of a manifest.

    Args:
        clip: the clip.
        tally: what it came to.
    """
    header = dict(clip.run.header)
    for name in ("n_timesteps", "versions"):  # as many steps as are shown; the versions stand elsewhere
        header.pop(name)
    attention, layers = clip.attention, clip.subject.layers
    without = {layers[index].title: why for index, why in clip.reader.without_edges.items()}
    return {
        "run": header,
        "digest": tally.digest,
        "steps": tally.steps,
        "points": tally.points,
        "finished_games": list(tally.finished),
        "subject": asdict(clip.subject),
        "not_shown": {"layers": dict(clip.reader.left_out), "edges_to": without},
        "returns": {"gamma": clip.ahead.gamma, "steps_at_most": clip.ahead.steps},
        "attention": None
        if attention is None
        else {
            "layer": attention.layer,
            "placement": attention.placement,
            "placement_agreement": attention.agreement,
        },
    }


def facts_of(clip: Clip, tally: Tally) -> dict[str, str]:
    """A clip's figures for people: label -> value."""
    subject = clip.subject
    trained = "" if subject.trained_steps is None else f" ({subject.trained_steps:,} steps)"
    return {
        "trained": f"{subject.milestone} %{trained}",
        "points in the clip": f"{tally.points:g}",
        "score of finished games": ", ".join(f"{score:g}" for score in tally.finished) or "none finished",
        "actions": ", ".join((subject.choice, *subject.interventions)),
        "seed": str(clip.run.header["seed"]),
        "run digest": tally.digest[:16],
    }
