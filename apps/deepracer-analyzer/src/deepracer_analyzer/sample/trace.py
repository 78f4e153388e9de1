"""The sample's files of text: log, metrics, action space, and what the folder is."""

import json
from collections.abc import Sequence
from dataclasses import astuple

from deepracer_analyzer.sample.driving import Step
from deepracer_analyzer.views import Action

HEADER = (
    "episode,steps,X,Y,yaw,steer,throttle,action,reward,done,all_wheels_on_track,progress,closest_waypoint,"
    "track_len,tstamp,episode_status,pause_duration,obstacle_crash_counter"
)
"""The log's first line: schema C."""

ABOUT = """\
A sample. Nobody's car drove here, no simulator ran and no model was trained.

deepracer-analyzer drew the track, drove two laps on it with a controller of its own (pure pursuit, with
chance in it, so that it leaves the track now and then), wrote the log as DeepRacer's simulator would have,
and painted the video. All of it comes out of that program; nothing is taken from AWS DeepRacer but the layout
of files and picture. The same program makes the same files every time.

  evaluation-20260101000000/evaluation-simtrace/0-iteration.csv   the log, one row a step
  metrics/EvaluationMetrics-20260101000000.json                   the laps' times, the same as in the log
  model/model_metadata.json                                       the fifteen actions there are
  tracks/rlviz_sample.npy                                         the track: centre, inner and outer border
  mp4/camera-pip/0-video.mp4                                      the video; like real ones, it trails the log
  mp4/camera-pip/video_truth.csv                                  by how much: each picture's row of the log
"""
"""Text of the folder's README.txt."""


def log_text(steps: Sequence[Step]) -> str:
    """The simulation trace: a CSV table with the simulator's header, numbers in full."""
    rows = (",".join(map(str, astuple(step))) for step in steps)
    return "\n".join([HEADER, *rows]) + "\n"


def metrics_text(steps: Sequence[Step]) -> str:
    """The evaluation's metrics: one entry a lap, its times in milliseconds those of its rows."""
    episodes = sorted({step.episode for step in steps})
    laps = [[step for step in steps if step.episode == episode] for episode in episodes]
    return json.dumps({"metrics": [_lap_metrics(lap) for lap in laps]}, indent=2) + "\n"


def _lap_metrics(lap: Sequence[Step]) -> dict[str, str | int]:
    start, stop = round(1000 * lap[0].tstamp), round(1000 * lap[-1].tstamp)
    off_tracks = sum(step.episode_status == "off_track" for step in lap)
    return {
        "completion_percentage": round(lap[-1].progress),
        "metric_time": stop,
        "start_time": start,
        "elapsed_time_in_milliseconds": stop - start,
        "episode_status": "Lap complete" if lap[-1].done else "In progress",
        "crash_count": 0,
        "immobilized_count": 0,
        "off_track_count": off_tracks,
        "reversed_count": 0,
        "reset_count": off_tracks,
        "trial": lap[0].episode + 1,
    }


def metadata_text(actions: Sequence[Action]) -> str:
    """The model's `model_metadata.json`: a discrete action space, version 4."""
    space = [
        {"steering_angle": action.steering_angle, "speed": action.speed, "index": index}
        for index, action in enumerate(actions)
    ]
    content = {
        "action_space": space,
        "sensor": ["FRONT_FACING_CAMERA"],
        "neural_network": "DEEP_CONVOLUTIONAL_NETWORK_SHALLOW",
        "version": "4",
        "training_algorithm": "clipped_ppo",
        "action_space_type": "discrete",
    }
    return json.dumps(content, indent=2) + "\n"


def truth_text(rows: Sequence[int]) -> str:
    """Which row of the log each picture shows: a CSV table, -1 for pictures from before the log."""
    return "frame,row\n" + "".join(f"{frame},{row}\n" for frame, row in enumerate(rows))
