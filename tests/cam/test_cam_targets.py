"""Which scalar a map explains."""

import numpy as np
import pytest
from rlviz_cam import Target

Y = np.array([[1, 4, 2], [5, 3, 0]], dtype=np.float32)


def test_a_unit_scores_its_own_value():
    np.testing.assert_array_equal(Target.unit(2).scores({"q": Y}), [2, 0])


def test_without_an_index_each_sample_scores_its_highest_unit():
    np.testing.assert_array_equal(Target().scores({"q": Y}), [4, 5])


def test_a_tuple_of_indices_picks_one_unit_per_sample():
    np.testing.assert_array_equal(Target.unit([2, 1]).scores({"q": Y}), [2, 3])


def test_an_advantage_is_the_unit_less_the_mean():
    np.testing.assert_allclose(Target.advantage(1).scores({"q": Y}), [4 - 7 / 3, 3 - 8 / 3], rtol=1e-6)


def test_a_contrast_is_one_unit_less_another():
    np.testing.assert_array_equal(Target.contrast(0, 2).scores({"q": Y}), [-1, 5])


def test_a_contrast_changes_sign_when_its_units_change_places():
    np.testing.assert_array_equal(
        Target.contrast(0, 2).scores({"q": Y}), -Target.contrast(2, 0).scores({"q": Y})
    )


def test_the_value_is_the_one_unit_of_its_head():
    outputs = {"logits": Y, "value": np.array([[7], [8]], dtype=np.float32)}
    np.testing.assert_array_equal(Target.value().scores(outputs), [7, 8])


def test_log_probabilities_exponentiate_to_one_in_sum():
    scores = [Target.log_probability(unit).scores({"logits": Y}) for unit in range(3)]
    np.testing.assert_allclose(np.exp(scores).sum(axis=0), 1, rtol=1e-6)


def test_log_probabilities_of_large_logits_are_finite():
    huge = np.array([[1000, 0]], dtype=np.float32)
    np.testing.assert_array_equal(Target.log_probability(1).scores({"logits": huge}), [-1000])


def test_a_quantile_mean_is_the_mean_over_the_quantiles_of_one_action():
    quantiles = np.arange(12, dtype=np.float32).reshape(1, 4, 3)
    np.testing.assert_array_equal(Target.quantile_mean(1).scores({"quantiles": quantiles}), [5.5])


def test_a_negative_sign_turns_the_score():
    np.testing.assert_array_equal(Target(index=0, sign=-1).scores({"q": Y}), [-1, -5])


def test_in_its_own_direction_a_score_is_its_size():
    np.testing.assert_array_equal(Target.contrast(0, 2).scores({"q": Y}), [-1, 5])
    own = Target(index=0, minus=2, sign="own")
    np.testing.assert_array_equal(own.scores({"q": Y}), [1, 5])
    np.testing.assert_array_equal(own.signs(Y), [-1, 1])


def test_the_own_direction_of_a_score_of_0_is_upwards():
    np.testing.assert_array_equal(Target(index=2, sign="own").signs(Y), [1, 1])


def test_a_tuple_of_signs_turns_each_sample_by_its_own():
    np.testing.assert_array_equal(Target(index=0, sign=(-1, 1)).scores({"q": Y}), [-1, 5])


def test_a_choice_leaves_open_what_the_outputs_decide():
    choice = Target(minus="mean", sign="own").choice(2, 3)
    np.testing.assert_array_equal(choice.index, [-1, -1])
    np.testing.assert_array_equal(choice.sign, [0, 0])
    np.testing.assert_allclose(choice.minus, [1 / 3] * 3, rtol=1e-6)
    fixed = Target(index=(2, 0), minus=1, sign=-1).choice(2, 3)
    np.testing.assert_array_equal(fixed.index, [2, 0])
    np.testing.assert_array_equal(fixed.sign, [-1, -1])
    np.testing.assert_array_equal(fixed.minus, [0, 1, 0])


def test_weights_times_units_are_the_score():
    target = Target(index=1, minus="mean", sign=-1)
    np.testing.assert_allclose((target.weights(Y) * Y).sum(axis=1), target.scores({"q": Y}), rtol=1e-6)


def test_the_only_head_needs_no_name():
    assert Target().resolve({"q": Y}) == "q"


def test_several_heads_without_a_name_are_an_error_that_lists_them():
    with pytest.raises(ValueError, match=r"names no head and the network has 2; name one of: logits, value"):
        Target().resolve(["logits", "value"])


def test_an_unknown_head_is_an_error_that_lists_the_heads():
    with pytest.raises(ValueError, match=r"no head 'value'; choose one of: q"):
        Target.value().scores({"q": Y})


@pytest.mark.parametrize("target", [Target.unit(3), Target.unit(-1), Target.unit([0, 3]), Target(minus=3)])
def test_a_unit_that_is_not_there_is_an_error(target):
    with pytest.raises(ValueError, match=r"no unit -?\d: the head has 3 units, numbered 0 to 2"):
        target.scores({"q": Y})


def test_a_tuple_of_another_length_than_the_batch_is_an_error():
    with pytest.raises(ValueError, match=r"names 3 units for 2 samples"):
        Target.unit([0, 1, 2]).scores({"q": Y})


def test_signs_of_another_length_than_the_batch_are_an_error():
    with pytest.raises(ValueError, match=r"names 3 signs for 2 samples; give one per sample"):
        Target(index=0, sign=(1, -1, 1)).scores({"q": Y})


def test_a_contrast_of_a_unit_with_itself_is_an_error():
    with pytest.raises(ValueError, match=r"unit 1 with itself"):
        Target.contrast(1, 1)


def test_quantiles_without_their_mean_are_an_error_that_says_what_to_use():
    with pytest.raises(ValueError, match=r"shape \(1, 4, 3\).*use Target.quantile_mean\(\)"):
        Target.unit(0).scores({"quantiles": np.zeros((1, 4, 3), dtype=np.float32)})


@pytest.mark.parametrize(
    "wrong",
    [{"sign": 2}, {"sign": (1, 0)}, {"sign": ()}, {"sign": "up"}, {"transform": "softmax"}, {"minus": "max"}],
)
def test_a_field_with_an_impossible_value_is_an_error(wrong):
    with pytest.raises(ValueError):
        Target(**wrong)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(), "output[highest]"),
        (Target.unit(3, head="q"), "q[3]"),
        (Target.advantage(1, head="q"), "q[1] - mean"),
        (Target.contrast(2, 3, head="q"), "q[2] - [3]"),
        (Target.log_probability(0), "log softmax logits[0]"),
        (Target.quantile_mean(1), "quantile mean quantiles[1]"),
        (Target(head="angle", index=0, sign=-1), "-(angle[0])"),
        (Target.unit([0, 1]), "output[one unit per frame]"),
        (Target(head="n_outputs0", index=0, sign="own"), "n_outputs0[0] in its own direction"),
        (Target(index=0, sign=(1, -1)), "output[0] with one sign per frame"),
    ],
)
def test_a_target_describes_itself(target, words):
    assert target.describe() == words
