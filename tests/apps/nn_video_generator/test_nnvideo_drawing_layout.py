"""Where things are: everything fits, nothing lies over anything else, at every size and for every network."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from neural_moments import ALL_ACTIONS, ATARI, NATURE, branches, moment, network, subject
from nn_video_generator.drawing.canvas import ActivityCanvas
from rlviz_overlay import DARK, Fixed, Rect, Size

SIZES = [Size(640, 360), Size(960, 540), Size(1280, 720), Size(1920, 1080), Size(3840, 2160), Size(700, 900)]
NETWORKS = {
    "nature": (NATURE, ATARI),
    "one convolution": (network([(8, 40)], [], 2, (3, 84, 84)), ("0", "1")),
    "six convolutions": (
        network([(512, 42), (512, 21), (256, 11), (256, 6), (128, 3), (8, 1)], [4096], 4, (12, 84, 84)),
        ATARI,
    ),
    "all actions": (network([(32, 20), (64, 9), (64, 7)], [512, 256], 18), ALL_ACTIONS),
    "numbers": (branches(), ("LEFT", "RIGHT")),
    "memory": (network([], [64, 64], 6, (128,)), ALL_ACTIONS[:6]),
    "wide pictures": (network([(16, 12)], [512], 4, (1, 40, 160)), ATARI),
}
SHOW = frozenset({"reward", "actions", "performance"})


def apart(one, other):
    return not (one.clip(other).width and one.clip(other).height)


@pytest.fixture(params=NETWORKS)
def about(request):
    layers, actions = NETWORKS[request.param]
    return subject(layers, actions, interventions=("epsilon 0.05",))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}")
def test_every_unit_of_every_network_has_a_tile_of_its_own_on_the_panel(about, size):
    canvas = ActivityCanvas(size, about)
    panel = Rect(0, 0, size.width // 2, size.height)
    for index, layer in enumerate(about.layers):
        tiles = [canvas.tile(index, unit) for unit in range(layer.shape[0])]
        assert len({(tile.x, tile.y) for tile in tiles}) == len(tiles)
        assert {(tile.width, tile.height) for tile in tiles} == {(tiles[0].width, tiles[0].height)}
        assert tiles[0].width >= 1
        assert tiles[0].height >= 1
        assert all(panel.contains(tile) for tile in tiles)
        covered = np.zeros((size.height, size.width // 2), np.uint8)
        for tile in tiles:
            covered[tile.y : tile.bottom, tile.x : tile.right] += 1
        assert covered.max() == 1


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}")
def test_no_layer_lies_over_another(about, size):
    blocks = ActivityCanvas(size, about).diagram.blocks
    inner = [block.place for block in blocks if block.layer.kind != "output"]
    assert all(apart(one, other) for one, other in combinations(inner, 2))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}")
def test_no_part_of_the_panel_lies_over_another(about, size):
    places = ActivityCanvas(size, about, show=SHOW).places
    cards = (places.facts, places.policy, places.value, places.diagram, places.game, *places.extras.values())
    cards += (places.head.title, places.head.subtitle, places.head.remark)
    assert all(apart(one, other) for one, other in combinations(cards, 2))
    assert all(Rect(0, 0, size.width, size.height).contains(card) for card in cards)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}")
@pytest.mark.parametrize("show", [frozenset(), SHOW], ids=["plain", "all"])
def test_a_frame_has_the_size_that_was_asked_for(about, size, show):
    frame = ActivityCanvas(size, about, show=show).draw(moment(about))
    assert frame.shape == (size.height, size.width, 3)
    assert frame.dtype == np.uint8


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}")
def test_no_title_of_a_layer_lies_over_another(about, size):
    body = ActivityCanvas(size, about).places.diagram
    diagram = ActivityCanvas(size, about).diagram
    labels = [place for _, place in diagram.labels.places]
    assert len(labels) == len(about.layers) - 1
    assert all(apart(one, other) for one, other in combinations(labels, 2))
    assert all(body.contains(label) for label in labels)


@pytest.mark.parametrize("size", [Size(640, 360), Size(960, 540)], ids=["small", "usual"])
def test_nothing_of_the_moment_before_is_left(about, size):
    last = len(about.actions) - 1
    scales = [Fixed(255.0)] * len(about.layers)
    before, now = (moment(about, seed, executed=seed * last, likely=1 - seed) for seed in (0, 1))
    fresh, used = (ActivityCanvas(size, about, scales=scales, show=SHOW) for _ in range(2))
    used.draw(before)
    first, second = fresh.draw(now), used.draw(now)
    for place in (fresh.places.diagram, fresh.places.policy, fresh.places.facts, fresh.places.game):
        np.testing.assert_array_equal(place.view(first), place.view(second))


def test_the_layers_stand_from_left_to_right():
    blocks = ActivityCanvas(Size(960, 540), subject()).diagram.blocks
    places = [block.place for block in blocks[:-1]]
    assert [place.x for place in places] == sorted(place.x for place in places)
    assert all(left.right < right.x for left, right in pairwise(places))


def test_layers_of_one_column_stand_one_below_the_other():
    blocks = ActivityCanvas(Size(960, 540), subject(branches(), ("LEFT", "RIGHT"))).diagram.blocks
    by_title = {block.layer.title: block.place for block in blocks}
    policy, value = by_title["Policy dense 1"], by_title["Value dense 1"]
    assert policy.x == value.x
    assert policy.bottom < value.y


def test_maps_keep_the_proportions_of_what_they_show():
    tile = ActivityCanvas(Size(1920, 1080), subject(network([(16, 12)], [], 4, (1, 40, 160)))).tile(0, 0)
    assert tile.width == 4 * tile.height


def test_the_game_keeps_its_proportions_in_the_right_half():
    about = subject()
    frame = ActivityCanvas(Size(960, 540), about).draw(moment(about))
    rows, columns = np.nonzero((frame[:, 480:] == 200).all(axis=2))
    width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
    assert height == 540
    assert width == round(540 * 160 / 210)
    assert (frame[:, 480 : 480 + columns.min()] == DARK.background).all()


def test_a_unit_that_there_is_not_has_no_tile():
    with pytest.raises(ValueError, match="no unit 32 in Conv 1; it has units 0 to 31"):
        ActivityCanvas(Size(960, 540), subject()).tile(1, 32)
