import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ageSeconds, formatAge, momentMs} from "../model/age";
import {loadOf} from "./wall_model";
import {PERSON_STATES} from "./wall_words";

const SHOWN = 7;

/** Who is at the desk, and what each has in hand. */
export class WallPeople extends Component {
    static template = "alarm_board.WallPeople";
    static props = {people: Array, since: String, nowMs: Number};

    get people() {
        const {people, since, nowMs} = this.props;
        return people.slice(0, SHOWN).map((person) => ({
            ...person,
            ...loadOf(person, since, nowMs),
            words: PERSON_STATES[person.state],
            longest: person.oldest
                ? formatAge(ageSeconds(momentMs(person.oldest), nowMs))
                : "",
        }));
    }

    get present() {
        return this.props.people.filter(({state}) => state === "present").length;
    }

    get moreWords() {
        return _t("and %s more", this.more);
    }

    get more() {
        return Math.max(0, this.props.people.length - SHOWN);
    }
}
