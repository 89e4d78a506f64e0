import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {failureWords} from "../model/failure";
import {SubscriberSearch} from "./subscriber_search";

/** Let a panel seem to send a signal, to try what the centre does. */
export class InjectionDialog extends Component {
    static template = "alarm_board.InjectionDialog";
    static components = {Dialog, SubscriberSearch};
    static props = {store: Object, onDone: Function, close: Function};

    setup() {
        this.notification = useService("notification");
        this.state = useState({
            subscriber: null,
            panels: [],
            panelId: null,
            zoneId: "",
            codeText: "",
            codes: [],
            code: null,
            qualifier: "new",
            text: "",
            busy: false,
            failure: "",
        });
        this.searchCodes = useDebounced(() => this.loadCodes(), 150);
        this.request = 0;
    }

    call(model, method, args) {
        return this.props.store.call(method, args, {model});
    }

    async choose(subscriber) {
        try {
            const {panels} = await this.call(
                "alarm.subscriber",
                "board_injection_form",
                [[subscriber.id]]
            );
            Object.assign(this.state, {
                subscriber,
                panels,
                panelId: panels[0]?.id || null,
                zoneId: "",
                failure: "",
            });
        } catch (error) {
            this.state.failure = failureWords(error);
        }
    }

    chooseAgain() {
        Object.assign(this.state, {subscriber: null, panels: [], panelId: null});
    }

    choosePanel(event) {
        Object.assign(this.state, {panelId: Number(event.target.value), zoneId: ""});
    }

    get zones() {
        const {panels, panelId} = this.state;
        return panels.find((panel) => panel.id === panelId)?.zones || [];
    }

    onCode(event) {
        this.state.codeText = event.target.value;
        this.state.code = null;
        this.searchCodes();
    }

    async loadCodes() {
        const request = ++this.request;
        const text = this.state.codeText.trim();
        let codes = [];
        try {
            codes = text
                ? await this.call("alarm.event.code", "board_codes", [text, 8])
                : [];
        } catch (error) {
            this.state.failure = failureWords(error);
        }
        if (request === this.request) {
            this.state.codes = codes;
        }
    }

    chooseCode(code) {
        Object.assign(this.state, {code, codeText: code.label, codes: []});
    }

    onCodeKeydown(event) {
        if (event.key === "Enter" && !event.isComposing && this.state.codes.length) {
            event.preventDefault();
            this.chooseCode(this.state.codes[0]);
        }
    }

    get ready() {
        return Boolean(this.state.panelId && this.state.code && !this.state.busy);
    }

    async submit() {
        if (!this.ready) {
            return;
        }
        const {panelId, code, zoneId, qualifier, text} = this.state;
        this.state.busy = true;
        try {
            const answer = await this.call("alarm.panel", "action_inject", [
                [panelId],
                code.id,
                Number(zoneId) || false,
                qualifier,
                text,
            ]);
            this.notification.add(
                _t("The test signal was decided: %s", answer.decision),
                {type: "info"}
            );
            this.props.close();
            this.props.onDone(answer);
        } catch (error) {
            this.state.failure = failureWords(error);
        } finally {
            this.state.busy = false;
        }
    }
}
