from typing import Any

from django.db import migrations
from django.utils import timezone

MOVE = "standings.move"


def ask_anew(apps: Any, schema_editor: Any) -> None:
    """Have worked out anew what was kept as if a whole day began at midnight in UTC wherever the team is."""
    owners = apps.get_model("web", "User").objects.filter(role="owner", is_active=True).order_by("pk")
    there = apps.get_model("web", "Touch").objects.exists()
    if there and owners.values_list("zone", flat=True).first() not in (None, "", "UTC"):
        apps.get_model("web", "Job").objects.create(
            kind=MOVE, payload={}, due_at=timezone.now(), dedupe_key=MOVE
        )


class Migration(migrations.Migration):
    dependencies = [
        ('web', '0011_edits'),
    ]

    operations = [migrations.RunPython(ask_anew, migrations.RunPython.noop)]
