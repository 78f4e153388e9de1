"""What a config's showcase mode means for how it is played."""

from nn_video_generator.config import TrainingConfig
from nn_video_generator.settings import PlaySettings

USUAL_RATE = 0.10
"""Share of random actions of a showcase that does not say its own; the original's."""


def play_of(config: TrainingConfig) -> PlaySettings:
    """How a config wants its agent to be played, where a person does not say otherwise.

    Without showcase mode nothing but the policy acts. With it the policy is sampled from (`stochastic`), some
    actions are drawn at random (`epsilon`), or `both`.
    """
    if not config.showcase_mode:
        return PlaySettings()
    usual = PlaySettings()
    mode = config.showcase_randomness_mode or "both"
    rate = USUAL_RATE if config.showcase_exploration_rate is None else config.showcase_exploration_rate
    samples = config.showcase_stochastic_policy is not False and mode != "epsilon"
    return PlaySettings(
        seed=usual.seed if config.showcase_seed_base is None else config.showcase_seed_base,
        deterministic=not samples,
        stochastic=samples,
        epsilon=0.0 if mode == "stochastic" else rate,
    )
