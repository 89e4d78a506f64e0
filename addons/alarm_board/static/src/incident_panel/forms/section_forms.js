import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

// Forms that have a section of their own, where they are always in sight: there is nothing
// to open, only to work in.
registry
    .category("alarm_board_forms")
    .add("call", {
        label: _t("Call"),
        doLabel: _t("Call"),
        keyLabel: "C",
        sequence: 20,
        verb: "call",
        isShown: (detail) => Boolean(detail?.calls.persons.length),
    })
    .add("passcode", {
        doLabel: _t("Check the passcode"),
        keyLabel: "K",
        verb: "passcode",
        isShown: (detail) => Boolean(detail?.subscriber),
    });
