/**
 * The call list of an incident.
 */

/**
 * @param {object[]} persons of the detail, in the order in which they are called
 * @param {{premises?: boolean, contactId?: number}} [wanted] the premises, or a person
 * @returns {number} index of whom to call now: who is wanted, or whom the server says is
 *  next, or the first person
 */
export function nextCall(persons, {premises, contactId} = {}) {
    const find = (fits) => persons.findIndex(fits);
    const choices = [
        contactId ? find((person) => person.contact_id === contactId) : -1,
        premises ? find((person) => !person.contact_id) : -1,
        find((person) => person.next),
        find((person) => person.contact_id),
    ];
    return Math.max(0, choices.find((index) => index !== -1) ?? 0);
}
