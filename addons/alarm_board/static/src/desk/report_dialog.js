import {Component, onMounted, onWillStart, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {classLook} from "../model/event_class";
import {failureWords} from "../model/failure";
import {SubscriberSearch} from "./subscriber_search";
import {useDraft} from "./use_draft";

const PASSCODE_NEWS = {
    // A duress word looks like a right one to whoever stands behind the dispatcher.
    ok: {type: "success", message: _t("Accepted. A")},
    duress: {type: "success", message: _t("Accepted. B")},
    wrong: {type: "danger", message: _t("The passcode is wrong.")},
    locked: {
        type: "danger",
        message: _t("Too many wrong passcodes: it was not checked."),
    },
};

/** Somebody telephones: who, where, what; into the queue, or taken at once. */
export class ReportDialog extends Component {
    static template = "alarm_board.ReportDialog";
    static components = {Dialog, SubscriberSearch};
    static props = {
        store: Object,
        /** Called with what `action_report` answered. */
        onDone: Function,
        close: Function,
    };

    setup() {
        this.notification = useService("notification");
        const {draft, drop} = useDraft("report", {
            /** A row of `search_caller`, or null. */
            subscriber: null,
            /** It is no subscriber's: the place is told. */
            elsewhere: false,
            contactId: null,
            caller: "",
            phone: "",
            place: "",
            eventClass: "",
            text: "",
            planId: "",
        });
        this.draft = draft;
        this.dropDraft = drop;
        /** Never kept. */
        this.secret = useState({passcode: ""});
        this.state = useState({form: null, classes: [], busy: false, failure: ""});
        onWillStart(async () => {
            try {
                this.state.classes = await this.call(
                    "alarm.incident",
                    "board_report_classes"
                );
            } catch (error) {
                this.state.failure = failureWords(error);
            }
        });
        onMounted(() => draft.subscriber && this.loadForm());
    }

    call(model, method, args = []) {
        return this.props.store.call(method, args, {model});
    }

    icon(eventClass) {
        return classLook(eventClass).icon;
    }

    // Who and where

    choose(subscriber) {
        Object.assign(this.draft, {subscriber, elsewhere: false, contactId: null});
        this.loadForm();
    }

    chooseElsewhere() {
        Object.assign(this.draft, {subscriber: null, elsewhere: true, contactId: null});
        this.state.form = null;
    }

    chooseAgain() {
        Object.assign(this.draft, {
            subscriber: null,
            elsewhere: false,
            contactId: null,
        });
        this.state.form = null;
    }

    async loadForm() {
        const {id} = this.draft.subscriber;
        try {
            const form = await this.call("alarm.subscriber", "board_report_form", [
                [id],
            ]);
            if (this.draft.subscriber?.id === id) {
                this.state.form = form;
                this.state.failure = "";
            }
        } catch (error) {
            this.state.failure = failureWords(error);
        }
    }

    get placed() {
        return Boolean(this.draft.subscriber) || this.draft.elsewhere;
    }

    get numberWords() {
        return this.chosenContact?.phone || _t("Number of the caller");
    }

    get chosenContact() {
        const {contactId} = this.draft;
        return this.state.form?.contacts.find((contact) => contact.id === contactId);
    }

    get mayCheckPasscode() {
        const {form} = this.state;
        return Boolean(
            form &&
                (form.passcode_set ||
                    (this.chosenContact
                        ? this.chosenContact.passcode_set
                        : form.contacts.some((contact) => contact.passcode_set)))
        );
    }

    get joinWords() {
        const {name, holder} = this.state.form.open;
        return holder
            ? _t(
                  "%(incident)s is open here, handled by %(holder)s: the call is added to it.",
                  {
                      incident: name,
                      holder,
                  }
              )
            : _t("%s is open here: the call is added to it.", name);
    }

    /** What is still missing, in words; empty when the call can be put in. */
    get missing() {
        const {draft} = this;
        if (!this.placed) {
            return _t("Choose the subscriber, or say where it is.");
        }
        if (draft.elsewhere && !draft.place.trim()) {
            return _t("Say where it is.");
        }
        if (!this.chosenContact && !draft.caller.trim()) {
            return _t("Say who calls.");
        }
        return draft.eventClass ? "" : _t("Choose what happened.");
    }

    // Sending

    get report() {
        const {draft} = this;
        return {
            subscriber_id: draft.subscriber?.id || false,
            contact_id: this.chosenContact?.id || false,
            caller: this.chosenContact ? "" : draft.caller,
            phone: draft.phone || this.chosenContact?.phone || "",
            place: draft.elsewhere ? draft.place : "",
            event_class: draft.eventClass,
            text: draft.text,
            plan_id: Number(draft.planId) || false,
            passcode: this.secret.passcode,
        };
    }

    async submit(take) {
        if (this.missing || this.state.busy) {
            return;
        }
        this.state.busy = true;
        this.state.failure = "";
        try {
            const answer = await this.call("alarm.incident", "action_report", [
                {...this.report, take},
            ]);
            this.dropDraft();
            this.notification.add(answer.message, {
                type: answer.joined ? "warning" : "success",
            });
            const news = PASSCODE_NEWS[answer.passcode];
            if (news) {
                this.notification.add(news.message, {type: news.type});
            }
            this.props.close();
            this.props.onDone(answer);
        } catch (error) {
            this.state.failure = failureWords(error);
        } finally {
            this.state.busy = false;
            this.secret.passcode = "";
        }
    }
}
