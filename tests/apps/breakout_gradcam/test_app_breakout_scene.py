"""Ball, paddle and bricks from RAM are where the game's own picture shows them."""

from typing import Any

import numpy as np
import pytest
from breakout_gradcam.breakout import BallFlight, Scene, ball_flight, read_scene, reflect


@pytest.fixture(scope="module")
def moments() -> list[tuple[Any, Scene, Any]]:
    """(picture, scene, raw RAM) of a game of random actions that breaks some bricks."""
    import ale_py
    import gymnasium as gym

    gym.register_envs(ale_py)
    env = gym.make("BreakoutNoFrameskip-v4", render_mode="rgb_array")
    env.reset(seed=3)
    rng = np.random.default_rng(3)
    console: Any = env.unwrapped
    found: list[tuple[Any, Scene, Any]] = []
    for number in range(4000):
        _, _, terminated, truncated, _ = env.step(1 if number % 40 == 0 else int(rng.integers(4)))
        if terminated or truncated:
            env.reset()
        ram = console.ale.getRAM()
        if number % 5 == 0:
            found.append((env.render(), read_scene(ram), ram))
    env.close()
    return found


def test_a_full_wall_has_108_bricks(moments):
    assert moments[0][1].bricks.all()
    assert moments[0][1].bricks.shape == (6, 18)


def test_every_brick_stands_where_the_picture_shows_colour(moments):
    standing = set()
    for picture, scene, _ in moments:
        wall = picture[59:93:6, 12:152:8].any(axis=-1)  # the middle of each brick
        ball = scene.ball
        if ball and 50 < ball[1] < 96:
            continue  # the ball has the colour of a brick
        assert (wall == scene.bricks).all()
        standing.add(int(scene.bricks.sum()))
    assert min(standing) < 108  # some were broken, so the check could fail


def test_the_ball_is_red_where_the_scene_says(moments):
    seen = 0
    for picture, scene, _ in moments:
        if scene.ball is None or not 100 < scene.ball[1] < 180:
            continue
        x, y, width, height = scene.ball
        assert (picture[y : y + height, x : x + width] == (200, 72, 72)).all()
        seen += 1
    assert seen > 20


def test_the_paddle_is_red_where_the_scene_says(moments):
    for picture, scene, ram in moments:
        x, y, width, height = scene.paddle
        if ram[72] and x >= 8 and x + width <= 152 and not (scene.ball and scene.ball[1] > 180):
            middle = picture[y : y + height, x + 4 : x + 8]  # the right half shrinks later in the game
            assert (middle == (200, 72, 72)).all()


def flight(before: Scene, now: Scene) -> BallFlight:
    found = ball_flight(before, now)
    assert found is not None
    return found


def scene_with_ball(x: int, y: int) -> Scene:
    return Scene((x, y, 2, 4), (70, 189, 16, 4), np.ones((6, 18), bool))


def test_a_ball_that_falls_straight_lands_where_it_is():
    found = flight(scene_with_ball(60, 100), scene_with_ball(60, 110))
    assert (found.direction, found.landing_x) == ("down", 60)


def test_a_ball_that_falls_at_45_degrees_lands_as_far_aside_as_it_falls():
    found = flight(scene_with_ball(60, 145), scene_with_ball(65, 150))
    assert found.landing_x == 65 + (189 - 4 - 150)


def test_a_rising_ball_has_no_landing_place():
    assert flight(scene_with_ball(60, 100), scene_with_ball(62, 90)).landing_x is None


def test_a_ball_out_of_play_has_no_flight():
    empty = Scene(None, (70, 189, 16, 4), np.ones((6, 18), bool))
    assert ball_flight(empty, scene_with_ball(60, 100)) is None


@pytest.mark.parametrize(
    ("position", "folded"), [(8, 8), (150, 150), (151, 149), (7, 9), (292, 8), (300, 16)]
)
def test_reflection_is_a_triangle_wave_between_the_walls(position, folded):
    assert reflect(position, 8, 150) == folded


def test_a_ball_below_the_paddle_falls_and_lands_nowhere():
    found = flight(scene_with_ball(60, 190), scene_with_ball(62, 200))
    assert (found.direction, found.landing_x) == ("down", None)
