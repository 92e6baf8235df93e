"""What happened: the catalogue of events, their log, and the outbox that carries them on."""
