"""Keeps the sandbox's records in one SQLite file, so that they outlive its process."""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import orjson
from pydantic import JsonValue

from integrations.provisioners.sandbox.faults import Fault
from integrations.provisioners.sandbox.records import Instance, Operation

TABLES: Final = """
CREATE TABLE IF NOT EXISTS instances (number INTEGER PRIMARY KEY, instance_id TEXT UNIQUE NOT NULL,
    document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operations (number INTEGER PRIMARY KEY, operation_id TEXT UNIQUE NOT NULL,
    instance_id TEXT NOT NULL, is_open INTEGER NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS operations_by_instance ON operations (instance_id, is_open);
CREATE TABLE IF NOT EXISTS faults (number INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hits (fault TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, line TEXT NOT NULL);
"""
LOG_LINES_MAX: Final = 10_000


class Store:
    """One writer, one process: every method is one transaction."""

    def __init__(self, path: Path | str) -> None:
        # The application's lifespan and its endpoints may run in different threads of one server.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def save(self, *records: Instance | Operation) -> None:
        """Write all of them or, if the process dies, none."""
        self._db.execute("BEGIN")
        for record in records:
            match record:
                case Instance():
                    self._db.execute(
                        "INSERT INTO instances (instance_id, document) VALUES (?, ?)"
                        " ON CONFLICT (instance_id) DO UPDATE SET document = excluded.document",
                        (record.instance_id, record.model_dump_json()),
                    )
                case Operation():
                    self._db.execute(
                        "INSERT INTO operations (operation_id, instance_id, is_open, document) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (operation_id) DO UPDATE"
                        " SET is_open = excluded.is_open, document = excluded.document",
                        (record.operation_id, record.instance_id, record.is_open, record.model_dump_json()),
                    )
        self._db.execute("COMMIT")

    def instance(self, instance_id: str) -> Instance | None:
        """Return the instance, deleted ones too."""
        row = self._db.execute("SELECT document FROM instances WHERE instance_id = ?", (instance_id,)).fetchone()
        return Instance.model_validate_json(row[0]) if row else None

    def instances(self) -> list[Instance]:
        """Return every instance there ever was, oldest first."""
        rows = self._db.execute("SELECT document FROM instances ORDER BY number")
        return [Instance.model_validate_json(document) for (document,) in rows]

    def next_external_id(self) -> str:
        """Name the next instance by a number that counts up, so that a doubled one shows."""
        (count,) = self._db.execute("SELECT count(*) FROM instances").fetchone()
        return f"sandbox-{count + 1}"

    def operation(self, operation_id: str) -> Operation | None:
        """Return the operation."""
        row = self._db.execute("SELECT document FROM operations WHERE operation_id = ?", (operation_id,)).fetchone()
        return Operation.model_validate_json(row[0]) if row else None

    def open_operations(self, instance_id: str | None = None) -> list[Operation]:
        """Return the operations that haven't ended, of one instance or of all."""
        rows = self._db.execute(
            "SELECT document FROM operations WHERE is_open AND (?1 IS NULL OR instance_id = ?1) ORDER BY number",
            (instance_id,),
        )
        return [Operation.model_validate_json(document) for (document,) in rows]

    def arm(self, fault: Fault) -> None:
        """Add a fault for requests to come."""
        self._db.execute("INSERT INTO faults (document) VALUES (?)", (fault.model_dump_json(),))

    def armed(self) -> dict[str, Fault]:
        """Return the faults that were armed, each under the key by which its hits are counted."""
        rows = self._db.execute("SELECT number, document FROM faults ORDER BY number")
        return {f"armed {number}": Fault.model_validate_json(document) for number, document in rows}

    def disarm(self) -> None:
        """Forget every armed fault."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM hits WHERE fault GLOB 'armed *'")
        self._db.execute("DELETE FROM faults")
        self._db.execute("COMMIT")

    def draw(self, faults: Iterable[tuple[str, Fault]]) -> list[Fault]:
        """Count a hit of each fault, by its key, and return those that aren't used up."""
        drawn = []
        for key, fault in faults:
            (hits,) = self._db.execute(
                "INSERT INTO hits (fault, count) VALUES (?, 1)"
                " ON CONFLICT (fault) DO UPDATE SET count = count + 1 RETURNING count",
                (key,),
            ).fetchone()
            if fault.times is None or hits <= fault.times:
                drawn.append(fault)
        return drawn

    def write_log(self, line: Mapping[str, JsonValue]) -> None:
        """Add a line; the oldest ones go when there are more than LOG_LINES_MAX."""
        self._db.execute("INSERT INTO log (line) VALUES (?)", (orjson.dumps(line).decode(),))
        self._db.execute("DELETE FROM log WHERE number <= (SELECT max(number) FROM log) - ?", (LOG_LINES_MAX,))

    def log(self) -> list[str]:
        """Return the lines, oldest first, each a JSON object."""
        return [line for (line,) in self._db.execute("SELECT line FROM log ORDER BY number")]
