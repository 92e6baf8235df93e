"""The desk of a seller: tickets for what people do, such as fulfilling an order by hand."""
