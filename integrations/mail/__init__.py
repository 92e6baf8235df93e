"""Mails: composed from templates, handed to a mail server or, in development, to a folder."""
