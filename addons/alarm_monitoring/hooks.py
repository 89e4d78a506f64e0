def post_init_hook(env):
    """Panels that were registered before monitoring was installed call the main receiver group."""
    env["alarm.panel"].with_context(active_test=False).search(
        [("receiver_group_id", "=", False)]
    ).receiver_group_id = env.ref("alarm_monitoring.receiver_group_main")
