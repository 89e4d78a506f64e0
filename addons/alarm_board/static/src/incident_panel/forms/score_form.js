import {onMounted, useRef, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useFormKeys} from "../../board/form_keys";
import {PanelForm} from "./panel_form";

const LEVELS = ["0", "1", "2", "3", "4"];

/** Set the alarm score by hand, with what it rests on. */
export class ScoreForm extends PanelForm {
    static template = "alarm_board.ScoreForm";

    setup() {
        this.levels = LEVELS;
        this.form = useRef("form");
        this.input = useRef("input");
        this.draft = useState(
            this.props.desk.draft("score", {
                level: this.props.detail.score.level,
                reason: "",
            })
        );
        useFormKeys(this.props.desk, {
            0: () => this.choose("0"),
            digit: (digit) => this.choose(String(digit)),
        });
        onMounted(() => this.form.el.focus());
    }

    choose(level) {
        if (LEVELS.includes(level)) {
            this.draft.level = level;
            this.input.el.focus();
        }
    }

    submit() {
        const {level, reason} = this.draft;
        if (reason.trim()) {
            this.runAndClose("action_set_score", [Number(level), reason.trim()]);
        }
    }
}

registry.category("alarm_board_forms").add("score", {
    Component: ScoreForm,
    verb: "score",
    isShown: (detail) => Boolean(detail?.score),
});
