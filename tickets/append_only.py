"""The triggers that keep the ledger append-only, for both databases.

They stand here and not in their migration, because SQLite drops them whenever it rebuilds the table, and
because emptying a test database has to lift them for a moment.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "tickets_ticketevent"
NAME = "events_are_only_added"

_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{NAME}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
DROP TRIGGER IF EXISTS {NAME} ON {TABLE};
CREATE TRIGGER {NAME} BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}();
"""


def guard(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; harmless where they are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            return
        for event in ("UPDATE", "DELETE"):
            cursor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {NAME}_{event.lower()} BEFORE {event} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
            )


def unguard(connection: BaseDatabaseWrapper) -> None:
    """Lift the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}")
            return
        for event in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{event}")


def is_guarded(connection: BaseDatabaseWrapper) -> bool:
    """Whether the triggers stand."""
    catalogue = (
        "SELECT count(*) FROM pg_trigger WHERE tgname = %s"
        if connection.vendor == "postgresql"
        else "SELECT count(*) / 2 FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s || '_%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue, [NAME])
        return bool(cursor.fetchone()[0] == 1)
