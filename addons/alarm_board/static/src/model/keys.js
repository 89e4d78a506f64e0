/**
 * From a key press to a command of the board.
 */

const WIDE = {"、": "/", "／": "/", "？": "?"};

/**
 * @param {KeyboardEvent|{key: string, code?: string}} event
 * @returns {string} "space", "enter", "escape", "?", "arrowdown", "7", "n": digits of the
 *  numeric keypad are digits; letters are taken by position where the layout is not Latin
 */
export function keyName({key, code = ""}) {
    if (key === " ") {
        return "space";
    }
    // What an input method for Chinese makes of / and ?.
    if (key in WIDE) {
        return WIDE[key];
    }
    if (/^[a-z]$/i.test(key) || key.length > 1 || /^[0-9?]$/.test(key)) {
        return key.toLowerCase();
    }
    const letter = /^Key([A-Z])$/.exec(code);
    return letter ? letter[1].toLowerCase() : key;
}

/**
 * @param {KeyboardEvent} event
 * @returns {boolean} the key belongs to somebody else: to a text being typed, to an input
 *  method, to the browser, or to a focused button or link that it activates
 */
export function isTaken(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) {
        return true;
    }
    const target = event.target;
    if (!(target instanceof Element)) {
        return false;
    }
    if (target.closest("textarea, select, [contenteditable='true'], [role='dialog']")) {
        return true;
    }
    const input = target.closest("input");
    if (input) {
        return true;
    }
    const activates = ["space", "enter"].includes(keyName(event));
    return activates && Boolean(target.closest("button, a[href], summary"));
}
