"""The reseller tree as text paths: "this organization and all below it" is one range of an index.

Each organization has a short node number; its path is the numbers from the root down, each closed by a dot
(`1.42.1337.`). Every tenant's row carries the path of the organization it belongs to in a column `scope`
(collation "C"), so a subtree is the half-open range [path, path with its last dot raised).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scope:
    """A place in the reseller tree."""

    path: str

    @property
    def lower(self) -> str:
        """The first path of the subtree: the organization's own."""
        return self.path

    @property
    def upper(self) -> str:
        """The first path past the subtree ("/" follows "." in ASCII, and ":" every digit)."""
        return self.path[:-1] + "/" if self.path else ":"

    @property
    def depth(self) -> int:
        """How many organizations the chain down to this one has, itself included."""
        return self.path.count(".")

    @property
    def chain(self) -> list[str]:
        """The paths from the root down to this one, itself included: who sells to whom."""
        nodes = self.path.split(".")[:-1]
        return [".".join(nodes[: depth + 1]) + "." for depth in range(len(nodes))]

    def child(self, node: int) -> "Scope":
        """Descend to an organization right below this one."""
        return Scope(f"{self.path}{node}.")

    def covers(self, other: "Scope") -> bool:
        """Whether `other` is this organization or one below it."""
        return other.path.startswith(self.path)


ROOT: Final = Scope("")  # above every distributor: it covers all
