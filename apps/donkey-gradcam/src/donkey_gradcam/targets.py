"""From what a person asks ("steering") to the scalar that a map explains."""

from collections.abc import Mapping

from rlviz_cam import Target

from donkey_gradcam.pilots import Pilot, Reading


def parse_target(text: str, pilot: Pilot, heads: Mapping[str, tuple[int, ...]]) -> Target:
    """The target that `text` names.

    A command that the network gives as one number is explained in the direction it has: what turns the wheel
    left where the pilot steers left. One that it gives in bins is explained by its strongest bin.

    Args:
        text: `steering`, `throttle`, or an output's name, with `:unit` for one of its units (each frame's
            highest otherwise), as it is.
        pilot: whose commands are meant.
        heads: the network's outputs, name -> shape of one sample.

    Raises:
        ValueError: `text` names nothing the network has.
    """
    if text == "steering":
        return _command(pilot.angle)
    if text == "throttle":
        if pilot.throttle is None:
            msg = "--target throttle: this pilot's throttle follows from its steering; explain the steering"
            raise ValueError(msg)
        return _command(pilot.throttle)
    head, colon, unit = text.rpartition(":") if ":" in text else (text, "", "")
    vectors = {name: shape[0] for name, shape in heads.items() if len(shape) == 1}
    if head not in vectors:
        pictures = f"; {head} is a picture" if head in heads else ""
        msg = f"--target {text}: choose steering, throttle or one of {', '.join(vectors)}{pictures}"
        raise ValueError(msg)
    if not colon:
        return Target.unit(0 if vectors[head] == 1 else None, head=head)
    if not unit.isdecimal() or int(unit) >= vectors[head]:
        last = vectors[head] - 1
        msg = f"--target {text}: {head} has units 0 to {last}; write {head}:0 or leave the unit out"
        raise ValueError(msg)
    return Target.unit(int(unit), head=head)


def _command(reading: Reading) -> Target:
    if reading.unit is None:
        return Target(head=reading.head)
    return Target(head=reading.head, index=reading.unit, sign="own")
