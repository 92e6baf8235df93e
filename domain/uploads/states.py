"""How uploads move."""

from typing import Final

from domain.shared.states import StateMachine
from domain.uploads.models import UploadState as S

UPLOADS: Final = StateMachine(
    "upload",
    S.PENDING,
    {
        S.PENDING: frozenset({S.STORED, S.EXPIRED}),
        S.STORED: frozenset({S.ATTACHED, S.EXPIRED}),
        S.ATTACHED: frozenset({S.EXPIRED}),  # what it was attached to took another one
        S.EXPIRED: frozenset(),
    },
)
