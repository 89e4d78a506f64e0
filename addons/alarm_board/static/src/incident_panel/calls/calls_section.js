import {Component, onWillUnmount, useEffect, useRef, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {nextCall} from "../../model/calls";
import {sectionProps} from "../panel_sections";

/**
 * Whom to call, who can be reached before who cannot; one is in focus while calling, and
 * a digit writes down what became of it.
 */
export class CallsSection extends Component {
    static template = "alarm_board.CallsSection";
    static props = sectionProps;

    setup() {
        this.note = useRef("note");
        this.list = useRef("list");
        this.draft = useState(this.props.desk.draft("call", {note: ""}));
        this.state = useState({index: 0});
        const keys = {
            digit: (digit) => this.log(this.outcomes[digit - 1]),
            enter: () => this.dial(),
            arrowdown: () => this.move(1),
            arrowup: () => this.move(-1),
        };
        useEffect(
            (calling) => {
                const {desk, form} = this.props;
                if (calling) {
                    desk.formKeys = keys;
                    this.state.index = nextCall(this.persons, form.options);
                } else if (desk.formKeys === keys) {
                    desk.formKeys = null;
                }
            },
            () => [this.calling]
        );
        useEffect(
            () => {
                const called = this.list.el?.querySelector("[aria-current]");
                called?.scrollIntoView({block: "nearest"});
            },
            () => [this.calling, this.state.index]
        );
        onWillUnmount(() => {
            if (this.props.desk.formKeys === keys) {
                this.props.desk.formKeys = null;
            }
        });
    }

    get calling() {
        return this.props.form?.name === "call";
    }

    get persons() {
        return this.props.detail.calls.persons.map((person) => ({
            ...person,
            calledAt: person.called_at && this.props.desk.moment(person.called_at),
            from:
                person.available_from && this.props.desk.moment(person.available_from),
        }));
    }

    get outcomes() {
        return this.props.detail.calls.outcomes;
    }

    get mayCall() {
        return this.props.desk.verbs.has("call");
    }

    isCalled(index) {
        return this.calling && index === this.state.index;
    }

    move(by) {
        const {length} = this.persons;
        this.state.index = (this.state.index + by + length) % length;
    }

    start(index) {
        if (this.calling) {
            this.state.index = index;
            return;
        }
        const {contact_id} = this.persons[index];
        this.props.desk.openForm(
            "call",
            contact_id ? {contactId: contact_id} : {premises: true}
        );
    }

    /** Let the telephone of this computer dial the number. */
    dial() {
        const person = this.persons[this.state.index];
        if (person?.phone) {
            browser.open(`tel:${person.phone}`, "_self");
        }
    }

    async log(outcome) {
        const {desk} = this.props;
        const person = this.persons[this.state.index];
        if (!outcome || !person) {
            return;
        }
        const over = this.props.detail.calls.persons.length < 2;
        const answer = await desk.run(
            "board_call",
            [
                {
                    contact_id: person.contact_id,
                    phone: person.phone,
                    name: person.name,
                },
                outcome.value,
                this.draft.note.trim(),
                desk.stepFor("call_premises", "call_contact"),
            ],
            {
                then: ({ended}) => {
                    this.draft.note = "";
                    if (ended || over) {
                        desk.closeForm("call");
                        desk.board.focusPanel();
                    }
                },
            }
        );
        if (answer && this.calling) {
            this.state.index = nextCall(desk.state.detail.calls.persons, {});
        }
    }

    onNoteKeydown(event) {
        if (event.key === "Enter" && !event.isComposing) {
            // Back from the note: now a digit says what became of the call.
            event.preventDefault();
            this.note.el.blur();
        }
    }
}

registry.category("alarm_board_panel_sections").add("calls", {
    Component: CallsSection,
    column: "work",
    sequence: 20,
    isShown: (detail) => Boolean(detail.calls.persons.length),
});
