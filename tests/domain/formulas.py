"""Working out the formula of an explanation as its reader would, exactly."""

import re
from fractions import Fraction
from typing import Any

from domain.billing.explaining import Explanation, explained


def worked_out(explanation: Explanation) -> Fraction:
    """The formula with the explanation's own figures for its names: minor units, not rounded."""
    figures: dict[str, Any] = {"max": max, "min": min}
    for name, value in explained(explanation).items():
        first, *rest = name.removesuffix("_minor").split("_")
        camel = first + "".join(part.title() for part in rest)
        if name == "periods" or (isinstance(value, int) and not isinstance(value, bool)):
            figures[camel] = Fraction(value)
    assert set(re.findall(r"[a-zA-Z]+", explanation.formula)) <= set(figures)
    return Fraction(eval(explanation.formula, {"__builtins__": {}}, figures))  # noqa: S307 - our own formula
