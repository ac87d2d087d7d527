from django.db import migrations

from tickets.append_only import guard, unguard


class Migration(migrations.Migration):
    """The ledger takes new rows only: the database refuses to change or delete an event."""

    dependencies = [("tickets", "0002_initial")]

    operations = [
        migrations.RunPython(lambda apps, editor: guard(editor.connection), lambda apps, editor: unguard(editor.connection))
    ]
