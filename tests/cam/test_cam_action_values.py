"""What the outputs say, against closed forms."""

import numpy as np
import pytest
from rlviz_cam import action_head, action_value_name, action_values, entropies, state_values


def floats(*rows):
    return np.array(rows, dtype=np.float32)


def entropy(logits):
    found = entropies({"logits": logits})
    assert found is not None
    return found


def test_probabilities_are_the_softmax_of_the_logits():
    logits = floats([0, np.log(3)], [7, 7])
    np.testing.assert_allclose(action_values({"logits": logits}), [[0.25, 0.75], [0.5, 0.5]], rtol=1e-6)


def test_probabilities_of_huge_logits_are_numbers():
    np.testing.assert_array_equal(action_values({"logits": floats([1e4, -1e4])}), [[1, 0]])


def test_q_values_are_the_output_itself():
    q = floats([1, -2, 5])
    np.testing.assert_array_equal(action_values({"q": q}), q)


def test_q_values_of_quantiles_are_their_means():
    quantiles = floats([[0, 1], [2, 5]])  # one state, two quantiles, two actions
    np.testing.assert_array_equal(action_values({"quantiles": quantiles}), [[1, 3]])


def test_the_entropy_of_equal_probabilities_is_the_logarithm_of_their_number():
    np.testing.assert_allclose(entropy(np.zeros((2, 18), np.float32)), np.log(18), rtol=1e-6)


def test_the_entropy_of_a_certain_action_is_zero():
    assert entropy(floats([1e4, -1e4])) == [0]


def test_the_entropy_of_one_quarter_and_three_quarters_is_known():
    expected = 0.25 * np.log(4) + 0.75 * np.log(4 / 3)
    np.testing.assert_allclose(entropy(floats([0, np.log(3)])), [expected], rtol=1e-6)


@pytest.mark.parametrize("head", ["q", "quantiles"])
def test_a_learner_of_q_values_has_no_entropy(head):
    assert entropies({head: np.zeros((1, 2, 2), np.float32)}) is None


def test_a_states_value_is_the_networks_own_or_the_highest_q_value():
    both = {"logits": floats([0, 1], [0, 1]), "value": floats([3], [-4])}
    assert state_values(both).tolist() == [3, -4]
    assert state_values({"q": floats([1, 5, 2])}).tolist() == [5]
    assert state_values({"quantiles": floats([[0, 1], [2, 5]])}).tolist() == [3]


@pytest.mark.parametrize(
    ("head", "name"), [("logits", "probability"), ("q", "Q-value"), ("quantiles", "Q-value")]
)
def test_the_action_head_and_its_name(head, name):
    heads = (head, "value")
    assert (action_head(heads), action_value_name(heads)) == (head, name)


def test_actions_that_are_numbers_are_an_error_that_lists_the_outputs():
    with pytest.raises(ValueError, match=r"has the heads mean, value; expected one of q, quantiles, logits"):
        action_head(("mean", "value"))
