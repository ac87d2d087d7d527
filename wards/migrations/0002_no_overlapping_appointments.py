from django.db import migrations

POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE wards_appointment ADD CONSTRAINT appointment_holders_never_overlap
    EXCLUDE USING gist (post_id WITH =, tstzrange(since, until) WITH &&);
"""

# SQLite has no exclusion constraints; its writers queue up, so a trigger sees every earlier row.
SQLITE = """
CREATE TRIGGER appointment_holders_never_overlap_{event} BEFORE {event} ON wards_appointment
WHEN EXISTS (
    SELECT 1 FROM wards_appointment AS other
    WHERE other.post_id = NEW.post_id AND other.id IS NOT NEW.id
      AND (other.until IS NULL OR other.until > NEW.since)
      AND (NEW.until IS NULL OR NEW.until > other.since)
)
BEGIN SELECT RAISE(ABORT, 'appointment_holders_never_overlap'); END
"""


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(SQLITE.format(event=event))


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE wards_appointment DROP CONSTRAINT appointment_holders_never_overlap")
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER appointment_holders_never_overlap_{event}")


class Migration(migrations.Migration):
    """One holder at a time: the database refuses a second appointment to a post that is held."""

    dependencies = [("wards", "0001_initial")]

    operations = [migrations.RunPython(forbid, allow)]
