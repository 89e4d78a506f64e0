import {
    Component,
    onMounted,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useActiveElement} from "@web/core/ui/ui_service";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";

const WORDS = {
    wrong: _t("The password is wrong."),
    elsewhere: _t("It takes more than a password: log in on a page of its own."),
    unreachable: _t("The server cannot be reached. It is tried again when you log in."),
};

/** Asks for the password over the board, which stays as it is behind it. */
class LoginBox extends Component {
    static template = "alarm_board.LoginBox";
    static props = {session: Object};

    setup() {
        this.root = useActiveElement("root");
        this.input = useRef("input");
        this.name = user.name;
        this.login = user.login;
        this.state = useState({password: "", busy: false, failure: ""});
        this.before = document.activeElement;
        onMounted(() => this.input.el.focus());
        // Back to the note that was being typed.
        onWillUnmount(() => setTimeout(() => this.before?.focus?.()));
        useExternalListener(window, "focus", () => this.props.session.look());
    }

    get failure() {
        return WORDS[this.state.failure]?.toString() || "";
    }

    async submit() {
        if (this.state.busy || !this.state.password) {
            return;
        }
        this.state.busy = true;
        const result = await this.props.session.logIn(this.state.password);
        this.state.password = "";
        if (this.input.el) {
            // At once, whatever is painted when.
            this.input.el.value = "";
        }
        this.state.busy = false;
        if (result !== "ok") {
            this.state.failure = result;
            this.input.el?.focus();
        }
    }
}

export class LoginOverlay extends Component {
    static template = "alarm_board.LoginOverlay";
    static components = {LoginBox};
    static props = {};

    setup() {
        this.session = useService("alarm_session");
        this.state = useState(this.session.state);
    }
}

registry
    .category("main_components")
    .add("AlarmLoginOverlay", {Component: LoginOverlay, props: {}});
