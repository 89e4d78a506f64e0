import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {sectionProps} from "../panel_sections";

const MINUTES = [15, 30, 60, 120, 240];

/** Put the premises, or the zone of this alarm, on test: its signals are only logged. */
export class TestForm extends Component {
    static template = "alarm_board.TestForm";
    static props = sectionProps;

    setup() {
        this.choices = MINUTES;
        this.minutes = useRef("minutes");
        this.draft = useState(
            this.props.desk.draft("test", {
                minutes: 60,
                reason: "",
                scope: this.props.detail.zone ? "zone" : "subscriber",
                contactId: 0,
                name: "",
                override: "",
            })
        );
        // Not a draft: what was said is forgotten.
        this.state = useState({word: "", wrong: false});
        onMounted(() => this.minutes.el.select());
    }

    get persons() {
        return this.props.detail.calls.persons.filter((person) => person.contact_id);
    }

    get complete() {
        const {minutes, reason, contactId, name} = this.draft;
        const asked = contactId || name.trim() || this.state.word.trim();
        return minutes >= 1 && Boolean(reason.trim() && asked);
    }

    async submit() {
        const {desk, detail} = this.props;
        const {minutes, reason, scope, contactId, name, override} = this.draft;
        if (!this.complete || !desk.board.isFree()) {
            return;
        }
        const asked = contactId
            ? {contact_id: contactId}
            : {authorised_name: name.trim()};
        const part = scope === "zone" ? {zone_id: detail.zone.id} : {};
        const {word} = this.state;
        this.state.word = "";
        await desk.run(
            "board_begin_test",
            [
                minutes,
                reason.trim(),
                {scope, ...part, ...asked, word, override: override.trim()},
            ],
            {
                then: ({begun}) => {
                    this.state.wrong = !begun;
                    if (begun) {
                        desk.dropDraft("test");
                        desk.closeForm("test");
                        desk.board.focusPanel();
                    }
                },
            }
        );
    }

    end(test) {
        this.props.desk.run("board_end_test", [test.id]);
    }

    until(test) {
        return this.props.desk.moment(test.ends_at);
    }
}

registry.category("alarm_board_forms").add("test", {
    Component: TestForm,
    label: _t("Test"),
    keyLabel: "T",
    sequence: 85,
    verb: "test",
    isShown: (detail) => Boolean(detail?.subscriber),
});
