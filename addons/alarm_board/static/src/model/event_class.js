/**
 * What an event class looks and sounds like.
 */

const CLASSES = {
    fire: {icon: "fa-fire", sound: "fire"},
    panic: {icon: "fa-hand-paper-o", sound: "panic"},
    medical: {icon: "fa-medkit", sound: "medical"},
    burglary: {icon: "fa-user-secret", sound: "burglary"},
    tamper: {icon: "fa-chain-broken", sound: "technical"},
    trouble: {icon: "fa-wrench", sound: "technical"},
    supervisory: {icon: "fa-eye", sound: "technical"},
    open_close: {icon: "fa-key", sound: "technical"},
    bypass: {icon: "fa-ban", sound: "technical"},
    test: {icon: "fa-flask", sound: "technical"},
    system: {icon: "fa-server", sound: "technical"},
    access: {icon: "fa-id-card-o", sound: "technical"},
    other: {icon: "fa-bell-o", sound: "technical"},
};

/** Every sound of the board: one small file each, static/src/audio/NAME.wav */
export const SOUNDS = [
    "fire",
    "panic",
    "medical",
    "burglary",
    "technical",
    "connection_lost",
];

/** Milliseconds from one sounding to the next, by priority. */
const REPEAT_MS = {1: 3000, 2: 5000, 3: 10000, 4: 20000, 5: 60000};

/**
 * @param {string} eventClass
 * @returns {{icon: string, sound: string}}
 */
export function classLook(eventClass) {
    return CLASSES[eventClass] || CLASSES.other;
}

/**
 * @param {object | null} row the first alarm that waits
 * @returns {{sound: string, everyMs: number}|null} what sounds until it is taken
 */
export function alertFor(row) {
    if (!row) {
        return null;
    }
    return {
        sound: classLook(row.event.class).sound,
        everyMs: REPEAT_MS[row.priority] || REPEAT_MS[5],
    };
}
