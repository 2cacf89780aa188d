from django.db import migrations

from leadline.web.migrations._on_postgresql import OnPostgreSQL

TOLD = 'currency, amount, contact_id'
LISTED = 'INCLUDE (path, erased_at, merged_into_id)'
# of each index its name, its table, what comes before the owner, what follows the team, and what it has beside
NOBODYS = [
    ('ask_answered_no', 'web_ask', 'answer', f'answered_at, {TOLD}', ''),
    ('ask_asked_no', 'web_ask', 'answer', f'asked_at, {TOLD}', 'INCLUDE (expected_on, quiet_until)'),
    ('ask_expected_no', 'web_ask', 'answer', f'expected_on, asked_at, {TOLD}', ''),
    ('contact_named_no', 'web_contact', '', 'name_small, id', LISTED),
    ('contact_touched_no', 'web_contact', '', 'last_touch_at, id', LISTED),
    ('next_step_latest_no', 'web_nextstep', 'sort', 'since, contact_id', 'INCLUDE (quiet_until)'),
    ('next_step_rank_no', 'web_nextstep', 'sort', 'rank, id', 'INCLUDE (contact_id, quiet_until)'),
    ('standing_entered_no', 'web_standing', 'funnel', 'stage, entered_at, contact_id', ''),
    ('standing_placed_no', 'web_standing', 'funnel', 'entered_at, contact_id, stage', ''),
    ('standing_touched_no', 'web_standing', 'funnel', 'stage, last_touch_at, contact_id', ''),
]


def _made(name: str, table: str, first: str, whose: str, rest: str, beside: str) -> str:
    columns = ', '.join(filter(None, (first, whose, rest)))
    return f'DROP INDEX {name}; CREATE INDEX {name} ON {table} ({columns}) {beside} WHERE owner_id IS NULL'


def _make(whose: str) -> str:
    return '; '.join(_made(name, table, first, whose, *rest) for name, table, first, *rest in NOBODYS)


class Migration(migrations.Migration):
    # PostgreSQL leaves what the condition of an index says out of what it looks up in it. So the owner, its
    # first column, was not looked up, and whatever nobody has in a vocabulary was gone through for one stage.

    dependencies = [
        ('web', '0015_covering'),
    ]

    operations = [OnPostgreSQL([migrations.RunSQL(_make('team_id'), _make('owner_id, team_id'))])]
