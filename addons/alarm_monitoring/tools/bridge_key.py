"""The life of a receiver bridge's API key: made, replaced, warned of before it ends.

The start script calls ``rotate_bridge_key`` through ``odoo shell``::

    print(env["alarm.receiver"]._rotate_bridge_key("bridge", 365)); env.cr.commit()
"""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

GROUP = "alarm_monitoring.group_bridge"
WARN_BEFORE = timedelta(days=14)
# The bridge must have taken up its new key by then.
OLD_KEY_LASTS = timedelta(days=1)


def bridge_user(env, login):
    """The technical user of a bridge, made when there is none.

    It is in the bridge's group and no other, and has no password: nobody can log in with it.
    """
    users = env["res.users"].with_context(no_reset_password=True, active_test=False)
    user = users.search([("login", "=", login)])
    if user and not user._is_bridge():
        raise UserError(
            env._(
                "“%s” is a person's login, and a bridge's key must not open a person's account. "
                "Choose another login for the bridge.",
                login,
            )
        )
    if not user:
        # "bridge" is the receiver bridge, "bridge-2" the receiver bridge 2.
        number = login.removeprefix("bridge").strip("-_ ")
        user = users.create(
            {
                "login": login,
                "name": " ".join(filter(None, ("Receiver bridge", number))),
                "group_ids": [fields.Command.set(env.ref(GROUP).ids)],
                "notification_type": "email",
            }
        )
    return user


def rotate_bridge_key(env, login, days):
    """Make a new API key for a bridge, and its user if need be.

    Keys that it had before end a day later at the latest.

    :param days: how long the new key is valid
    :return: the key; it is nowhere else to be read
    """
    user = bridge_user(env, login)
    now = fields.Datetime.now()
    keys = env["res.users.apikeys"].with_user(user).sudo()
    env.flush_all()
    env.cr.execute(
        """
        UPDATE res_users_apikeys SET expiration_date = least(expiration_date, %s)
         WHERE user_id = %s
        """,
        [now + OLD_KEY_LASTS, user.id],
    )
    env.registry.clear_cache()
    return keys._generate("rpc", f"receiver bridge {now:%Y-%m-%d}", now + timedelta(days=days))


def expiring_bridges(env):
    """``(user, moment)`` of every bridge whose last key ends within 14 days."""
    users = env.ref(GROUP).with_context(active_test=True).user_ids
    env.cr.execute(
        """
        SELECT bridge.id, max(apikey.expiration_date)
          FROM unnest(%s::int[]) AS bridge (id)
          JOIN res_users_apikeys apikey ON apikey.user_id = bridge.id
         GROUP BY bridge.id
        HAVING max(coalesce(apikey.expiration_date, 'infinity')) <= %s
        """,
        [users.ids, fields.Datetime.now() + WARN_BEFORE],
    )
    return [(env["res.users"].browse(user_id), until) for user_id, until in env.cr.fetchall()]
