from typing import Any

from django.db import migrations, models

from leadline.web.migrations._on_postgresql import OnPostgreSQL

NOBODYS = models.Q(('owner__isnull', True))
DUE = ['expected_on', 'quiet_until']
LISTED = ['erased_at', 'merged_into']
ASKED = ['path', *LISTED]
TOLD = ['currency', 'amount', 'contact']
# of each index its table, its name, its columns, and what it has beside them
COVERING = [
    ('ask', 'ask_asked', ['answer', 'asked_at', *TOLD], DUE),
    ('ask', 'ask_asked_own', ['answer', 'owner', 'asked_at', *TOLD], ['team', *DUE]),
    ('ask', 'ask_asked_team', ['answer', 'team', 'asked_at', *TOLD], ['owner', *DUE]),
    ('ask', 'ask_asked_no', ['answer', 'owner', 'team', 'asked_at', *TOLD], DUE),
    ('ask', 'ask_answered_own', ['answer', 'owner', 'answered_at', *TOLD], ['team']),
    ('ask', 'ask_answered_team', ['answer', 'team', 'answered_at', *TOLD], ['owner']),
    ('ask', 'ask_expected_own', ['answer', 'owner', 'expected_on', 'asked_at', *TOLD], ['team']),
    ('ask', 'ask_expected_team', ['answer', 'team', 'expected_on', 'asked_at', *TOLD], ['owner']),
    ('contact', 'contact_touched', ['last_touch_at', 'id'], ASKED),
    ('contact', 'contact_touched_own', ['owner', 'last_touch_at', 'id'], ['team', *ASKED]),
    ('contact', 'contact_touched_team', ['team', 'last_touch_at', 'id'], ['owner', *ASKED]),
    ('contact', 'contact_touched_no', ['owner', 'team', 'last_touch_at', 'id'], ASKED),
    ('contact', 'contact_named_own', ['owner', 'name_small', 'id'], ['team', *ASKED]),
    ('contact', 'contact_named_team', ['team', 'name_small', 'id'], ['owner', *ASKED]),
    ('contact', 'contact_named_no', ['owner', 'team', 'name_small', 'id'], ASKED),
    ('contact', 'contact_path', ['path', 'last_touch_at', 'id'], ['owner', 'team', *LISTED]),
    ('nextstep', 'next_step_latest', ['sort', 'since', 'contact'], ['quiet_until']),
    ('nextstep', 'next_step_latest_own', ['sort', 'owner', 'since', 'contact'], ['team', 'quiet_until']),
    ('nextstep', 'next_step_latest_team', ['sort', 'team', 'since', 'contact'], ['owner', 'quiet_until']),
    ('nextstep', 'next_step_latest_no', ['sort', 'owner', 'team', 'since', 'contact'], ['quiet_until']),
    ('nextstep', 'next_step_rank', ['sort', 'rank', 'id'], ['contact', 'quiet_until']),
    ('nextstep', 'next_step_rank_own', ['sort', 'owner', 'rank', 'id'], ['team', 'contact', 'quiet_until']),
    ('nextstep', 'next_step_rank_team', ['sort', 'team', 'rank', 'id'], ['owner', 'contact', 'quiet_until']),
    ('nextstep', 'next_step_rank_no', ['sort', 'owner', 'team', 'rank', 'id'], ['contact', 'quiet_until']),
    ('standing', 'standing_entered_own', ['funnel', 'owner', 'stage', 'entered_at', 'contact'], ['team']),
    ('standing', 'standing_entered_team', ['funnel', 'team', 'stage', 'entered_at', 'contact'], ['owner']),
    ('standing', 'standing_placed_own', ['funnel', 'owner', 'entered_at', 'contact', 'stage'], ['team']),
    ('standing', 'standing_placed_team', ['funnel', 'team', 'entered_at', 'contact', 'stage'], ['owner']),
    ('standing', 'standing_touched_own', ['funnel', 'owner', 'stage', 'last_touch_at', 'contact'], ['team']),
    ('standing', 'standing_touched_team', ['funnel', 'team', 'stage', 'last_touch_at', 'contact'], ['owner']),
]
# indexes that `db_index` makes, as they are to be; and as they were
MADE = [
    (
        'web_contact_name_small_453c6f8a',
        'web_contact (name_small, id) INCLUDE (path, erased_at, merged_into_id)',
        'web_contact (name_small)',
    ),
    (
        'web_company_name_small_bb4a8d87',
        'web_company (name_small, id) INCLUDE (owner_id, team_id)',
        'web_company (name_small)',
    ),
    *(
        (
            f'{name}_like',
            f'{table} ({column} varchar_pattern_ops) INCLUDE ({number})',
            f'{table} ({column} varchar_pattern_ops)',
        )
        for name, table, column, number in (
            ('web_contact_name_small_453c6f8a', 'web_contact', 'name_small', 'id'),
            ('web_contact_second_name_small_01dd1858', 'web_contact', 'second_name_small', 'id'),
            ('web_address_value_small_d9e4719d', 'web_address', 'value_small', 'contact_id'),
            ('web_company_name_small_bb4a8d87', 'web_company', 'name_small', 'id'),
        )
    ),
]


def _made_anew() -> list[Any]:
    steps: list[Any] = []
    for table, name, columns, beside in COVERING:
        condition = NOBODYS if name.endswith('_no') else None
        index = models.Index(fields=columns, include=beside, condition=condition, name=name)
        steps += [migrations.RemoveIndex(table, name), migrations.AddIndex(table, index)]
    return steps


class Migration(migrations.Migration):

    dependencies = [
        ('web', '0014_nobodys'),
    ]

    operations = [
        OnPostgreSQL(_made_anew(), _made_anew()),
        *(
            OnPostgreSQL([migrations.RunSQL(
                f'DROP INDEX {name}; CREATE INDEX {name} ON {now}',
                f'DROP INDEX {name}; CREATE INDEX {name} ON {before}',
            )])
            for name, now, before in MADE
        ),
    ]
