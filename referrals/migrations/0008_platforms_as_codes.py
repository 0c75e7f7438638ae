"""Name the platform of a CyberTip by a code. What else stood there goes: no migration holds a key."""

import vault.fields
from django.db import migrations, models


# The walls' triggers are made anew after migrating.
LET_GO = """DO $let_go$ DECLARE old name; BEGIN FOR old IN SELECT tgname FROM pg_trigger
    WHERE tgrelid = 'referrals_cybertip'::regclass AND tgname LIKE 'liwanag\\_%' LOOP
    EXECUTE format('DROP TRIGGER %I ON referrals_cybertip', old); END LOOP; END $let_go$"""
IN_CODES = """
    SELECT set_config('liwanag.act', gen_random_uuid()::text, true);
    UPDATE referrals_cybertip SET platform = CASE WHEN lower(btrim(platform)) = ANY (string_to_array(
        'facebook messenger instagram whatsapp threads tiktok snapchat youtube google discord '
        'telegram signal skype zoom viber line wechat kik omegle roblox minecraft fortnite twitch '
        'steam playstation xbox reddit tumblr pinterest linkedin imgur microsoft apple dropbox mega',
        ' ')) THEN lower(btrim(platform)) ELSE 'other' END
    WHERE platform <> '';
    SELECT set_config('liwanag.act', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0007_versions_of_a_record'),
    ]

    operations = [
        migrations.RunSQL(LET_GO, migrations.RunSQL.noop),
        migrations.RunSQL(IN_CODES, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='cybertip',
            name='platform_words',
            field=vault.fields.EncryptedTextField(blank=True, owner='referral', owner_field='referral_id'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='findings_dropped_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='cybertip',
            name='platform',
            field=models.CharField(blank=True, choices=[('facebook', 'Facebook'), ('messenger', 'Messenger'), ('instagram', 'Instagram'), ('whatsapp', 'WhatsApp'), ('threads', 'Threads'), ('tiktok', 'TikTok'), ('snapchat', 'Snapchat'), ('youtube', 'YouTube'), ('google', 'Google (mail, drive, photos, chat)'), ('x', 'X, formerly Twitter'), ('discord', 'Discord'), ('telegram', 'Telegram'), ('signal', 'Signal'), ('skype', 'Skype'), ('zoom', 'Zoom'), ('viber', 'Viber'), ('line', 'LINE'), ('wechat', 'WeChat'), ('kik', 'Kik'), ('omegle', 'Omegle'), ('wizz', 'Wizz'), ('vkontakte', 'VKontakte'), ('roblox', 'Roblox'), ('minecraft', 'Minecraft'), ('fortnite', 'Fortnite'), ('twitch', 'Twitch'), ('steam', 'Steam'), ('playstation', 'PlayStation'), ('xbox', 'Xbox'), ('reddit', 'Reddit'), ('tumblr', 'Tumblr'), ('pinterest', 'Pinterest'), ('linkedin', 'LinkedIn'), ('imgur', 'Imgur'), ('microsoft', 'Microsoft (mail, drive, Teams)'), ('apple', 'Apple (iCloud, iMessage)'), ('dropbox', 'Dropbox'), ('mega', 'MEGA'), ('onlyfans', 'OnlyFans'), ('pornhub', 'Pornhub'), ('chaturbate', 'Chaturbate'), ('bigo_live', 'BIGO LIVE'), ('tango', 'Tango'), ('paypal', 'PayPal'), ('cash_app', 'Cash App'), ('gcash', 'GCash'), ('other', 'Another one')], max_length=20),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('mapping', 'Columns to be chosen'), ('waiting', 'Waiting'), ('running', 'Running'), ('finished', 'Finished'), ('refused', 'Not taken'), ('stopped', 'Stopped halfway')], max_length=10),
        ),
    ]
