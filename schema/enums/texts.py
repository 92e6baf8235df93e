"""What is said of an enum: its public name, its description, and that of each value."""

from collections.abc import Mapping
from enum import Enum

Texts = Mapping[type[Enum], tuple[str, str, Mapping[str, str]]]
