"""The rules of the channel business: what may happen, and what it means. Imports none of the other folders."""
