"""Every module has a complete zh_CN.po: no empty or fuzzy message, no lost placeholder."""

import pathlib
import re
import sys

import polib

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdifr]|%(?:\((\w+)\))\.\d+f|\{(\w*)\}")


def faults(module: pathlib.Path) -> list[str]:
    """What is wrong with one module's translations, a line each."""
    po = module / "i18n" / "zh_CN.po"
    pot = module / "i18n" / f"{module.name}.pot"
    missing = [f"{path}: missing" for path in (po, pot) if not path.exists()]
    if missing:
        return missing
    found = []
    translated = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(po))}
    for entry in polib.pofile(str(pot)):
        mine = translated.get((entry.msgctxt, entry.msgid))
        if mine is None or not mine.msgstr.strip() or mine.fuzzy:
            found.append(f"{po}: not translated: {entry.msgid[:70]!r}")
        elif sorted(m.group() for m in PLACEHOLDER.finditer(mine.msgstr)) != sorted(
            m.group() for m in PLACEHOLDER.finditer(entry.msgid)
        ):
            found.append(f"{po}: placeholders differ: {entry.msgid[:70]!r}")
    return found


def main() -> int:
    modules = sorted(p.parent for p in pathlib.Path(sys.argv[1]).glob("*/__manifest__.py"))
    found = [fault for module in modules for fault in faults(module)]
    print("\n".join(found) or f"{len(modules)} modules are translated")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
