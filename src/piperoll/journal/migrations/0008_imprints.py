import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0007_dispatches'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImprintRow',
            fields=[
                ('release', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='journal.releaserow')),
                ('published', models.TextField()),
                ('basis', models.TextField(default='')),
                ('corrects', models.TextField(default='')),
                ('what', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('tables', models.TextField(default='[]')),
                ('figures', models.BigIntegerField(default=0)),
                ('unlisted', models.BigIntegerField(default=0)),
                ('withdrawn_after', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'journal_imprint',
            },
        ),
    ]
