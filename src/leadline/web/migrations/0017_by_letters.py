from django.db import migrations

from leadline.web.migrations._on_postgresql import OnPostgreSQL

# of each table the columns that lists are put in order by, or looked up by their beginnings, with their lengths
SPELLED = {
    'web_address': {'value_small': 300},
    'web_company': {'name_small': 200},
    'web_contact': {'name_small': 200, 'second_name_small': 200},
}


def _alter(collation: str) -> str:
    """The steps; a table with rows is looked through again, since what was known of the columns is gone."""
    found = ''
    for table, columns in SPELLED.items():
        steps = ', '.join(
            f'ALTER COLUMN {column} TYPE varchar({length}) COLLATE "{collation}"'
            for column, length in columns.items()
        )
        found += f"""
            ALTER TABLE {table} {steps};
            DO $$ BEGIN
                IF EXISTS (SELECT FROM {table}) THEN ANALYZE {table} ({', '.join(columns)}); END IF;
            END $$;
        """
    return found


class Migration(migrations.Migration):
    # The first rows of several circles are put together here in the order of their letters. Where a database
    # has an order of its own (hyphens and spaces that count for nothing, say), its rows came in another one: a
    # name was shown twice at the end of a page, or not at all. And an index in such an order tells no beginnings.

    dependencies = [
        ('web', '0016_nobodys_by_team'),
    ]

    operations = [OnPostgreSQL([migrations.RunSQL(_alter('C'), _alter('default'))])]
