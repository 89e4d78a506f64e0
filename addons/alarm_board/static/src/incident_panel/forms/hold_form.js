import {onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {PanelForm} from "./panel_form";

const MINUTES = [5, 10, 15, 30, 60];

/** Put an incident aside for some minutes, with the reason. */
export class HoldForm extends PanelForm {
    static template = "alarm_board.HoldForm";

    setup() {
        this.choices = MINUTES;
        this.minutes = useRef("minutes");
        this.draft = useState(this.props.desk.draft("hold", {minutes: 10, reason: ""}));
        onMounted(() => this.minutes.el.select());
    }

    get complete() {
        return this.draft.minutes >= 1 && Boolean(this.draft.reason.trim());
    }

    async submit() {
        const {desk} = this.props;
        if (!this.complete) {
            return;
        }
        const {minutes, reason} = this.draft;
        const done = await desk.run("action_hold", [minutes, reason.trim()], {
            form: "hold",
        });
        if (done && desk.isOpened) {
            desk.board.backToQueue();
        }
    }
}

registry.category("alarm_board_forms").add("hold", {
    Component: HoldForm,
    label: _t("Hold"),
    keyLabel: "H",
    sequence: 80,
    verb: "hold",
});
