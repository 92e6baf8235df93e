"""The rules of the channel business: what may happen, and what it means; imports none of the other folders."""
