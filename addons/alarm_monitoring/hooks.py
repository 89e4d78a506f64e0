from .tools import configuration_log


def post_init_hook(env):
    """Panels that were registered before monitoring was installed call the main receiver group."""
    env["alarm.panel"].with_context(active_test=False).search(
        [("receiver_group_id", "=", False)]
    ).receiver_group_id = env.ref("alarm_monitoring.receiver_group_main")


def uninstall_hook(env):
    """Remove what notes changes of other modules' tables, which could not be changed any more."""
    configuration_log.uninstall(env.cr)
