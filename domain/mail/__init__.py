"""Mails that are to be sent: each is written in the transaction of its cause."""
