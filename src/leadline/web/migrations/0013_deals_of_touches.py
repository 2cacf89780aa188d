from django.db import migrations, models

OF_ASKS = """UPDATE web_touch SET deal = a.key FROM web_ask a
    WHERE a.key IS NOT NULL AND web_touch.origin = 'ask:' || a.id"""
OF_PURCHASES = """UPDATE web_touch SET deal = a.key FROM web_purchase p JOIN web_ask a ON a.id = p.ask_id
    WHERE a.key IS NOT NULL AND web_touch.origin = 'purchase:' || p.id"""
NOTED = "INSERT INTO web_touchchange (touch) SELECT id FROM web_touch WHERE deal IS NOT NULL"
"""So that the mirror reads them again; the triggers of SQLite are away meanwhile."""


class Migration(migrations.Migration):
    dependencies = [
        ('web', '0012_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='touch',
            name='deal',
            field=models.CharField(blank=True, max_length=160, null=True),
        ),
        migrations.RunSQL([OF_ASKS, OF_PURCHASES, NOTED], migrations.RunSQL.noop),
    ]
