"""Prints ./arc status: status.py STATE.json [--json] NAME=PID..."""

import json
import sys

state_file, style, *processes = sys.argv[1:]
with open(state_file, encoding="utf-8") as file:
    state = json.load(file)
state["processes"] = {
    name: int(pid) if pid else None for name, pid in (item.split("=", 1) for item in processes)
}
state["running"] = bool(state["processes"].get("odoo"))
if style == "--json":
    print(json.dumps(state, ensure_ascii=False))
    sys.exit()


def listed(pairs, form):
    return "   ".join(form.format(name, value) for name, value in pairs.items())


processes = {name: pid or "not running" for name, pid in state["processes"].items()}
print(f"""
  Alarm board   {state["board"]}
  Odoo          {state["url"]}   database {state["database"]}
  Bridge        {state["metrics"]}   configuration {state["bridge_config"]}
  Receivers     {listed(state["receivers"], "{} {}")}
  Processes     {listed(processes, "{} {}")}
  Logins        {listed(state["logins"], "{} / {}")}
""")
