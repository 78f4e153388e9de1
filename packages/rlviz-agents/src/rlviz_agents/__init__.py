"""Trained Stable-Baselines3 agents: find, load safely, step, record."""

from rlviz_agents.digest import RunDigest
from rlviz_agents.environment import (
    action_names,
    check_env_id,
    deterministic_actions,
    frame_rate,
    make_env,
    step_rate,
)
from rlviz_agents.games import GameCounter
from rlviz_agents.header import run_header
from rlviz_agents.heads import policy_heads
from rlviz_agents.interventions import Interventions
from rlviz_agents.loading import Agent, load_agent
from rlviz_agents.lone_file import agent_file, algorithm_of
from rlviz_agents.pickles import check_agent
from rlviz_agents.recording import Recording, RecordingWriter, read_recording
from rlviz_agents.rollout import Rollout, play
from rlviz_agents.runs import Run, RunOptions, live_run, recorded_run
from rlviz_agents.sample import sample_agents
from rlviz_agents.saved import SavedAgent, read_saved
from rlviz_agents.saved_spaces import SavedSpaces, read_spaces
from rlviz_agents.steps import FinalState, GameState, Step
from rlviz_agents.threads import one_torch_thread
from rlviz_agents.trace import (
    TraceDifference,
    TraceRow,
    TraceWriter,
    first_difference,
    read_trace,
    trace_step,
)
from rlviz_agents.training_run import TrainingRun, read_training_run
from rlviz_agents.zoo import ALGORITHMS, AgentFiles, find_agent, list_agents, parse_env_kwargs

__all__ = [
    "ALGORITHMS",
    "Agent",
    "AgentFiles",
    "FinalState",
    "GameCounter",
    "GameState",
    "Interventions",
    "Recording",
    "RecordingWriter",
    "Rollout",
    "Run",
    "RunDigest",
    "RunOptions",
    "SavedAgent",
    "SavedSpaces",
    "Step",
    "TraceDifference",
    "TraceRow",
    "TraceWriter",
    "TrainingRun",
    "action_names",
    "agent_file",
    "algorithm_of",
    "check_agent",
    "check_env_id",
    "deterministic_actions",
    "find_agent",
    "first_difference",
    "frame_rate",
    "list_agents",
    "live_run",
    "load_agent",
    "make_env",
    "one_torch_thread",
    "parse_env_kwargs",
    "play",
    "policy_heads",
    "read_recording",
    "read_saved",
    "read_spaces",
    "read_trace",
    "read_training_run",
    "recorded_run",
    "run_header",
    "sample_agents",
    "step_rate",
    "trace_step",
]
