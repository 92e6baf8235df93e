"""Order forms: the type."""

from datetime import datetime
from typing import Final

import strawberry

from schema.reading import Reader, column
from schema.uploads import Upload


@strawberry.type(description="A file that is kept with an order; it is never changed or removed.")
class OrderForm:
    """Read from `order_forms`; `file` is loaded when asked for."""

    attached_by: str = strawberry.field(description="The credential that attached it: a token's or a member's id.")
    attached_at: datetime = strawberry.field(description="When.")
    file: Upload = strawberry.field(description="The file itself.")


ORDER_FORM: Final = Reader(OrderForm, {"attached_by": column("attached_by"), "attached_at": column("attached_at")})
