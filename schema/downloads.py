"""What is fetched over HTTP rather than through GraphQL."""

from datetime import datetime

import strawberry


@strawberry.type(description="Where a file may be fetched by GET, without any other credential, for a while.")
class Download:
    """A signed link."""

    url: str = strawberry.field(description="Where. Who has it can fetch the file.")
    expires_at: datetime = strawberry.field(description="Until when.")
