const {DateTime} = luxon;

/**
 * @param {object[]} orders as the server sends them
 * @param {number} nowMs
 * @returns {{key: string, day: DateTime|null, orders: object[]}[]} by day: what is overdue or under
 *  way first, then today, then the days to come; keys "begun", "late", "today", "later", "open"
 */
export function byDay(orders, nowMs) {
    const today = DateTime.fromMillis(nowMs).startOf("day");
    const groups = new Map();
    for (const order of orders) {
        const start = order.planned_start && DateTime.fromISO(order.planned_start);
        const day = start && start.startOf("day");
        let key = "open";
        if (["in_progress", "testing"].includes(order.state)) {
            key = "begun";
        } else if (day && day < today) {
            key = "late";
        } else if (day) {
            key = day.equals(today) ? "today" : `later ${day.toISODate()}`;
        }
        if (!groups.has(key)) {
            groups.set(key, {key: key.split(" ")[0], name: key, day, orders: []});
        }
        groups.get(key).orders.push(order);
    }
    const rank = ["begun", "late", "today", "later", "open"];
    return [...groups.values()].sort(
        (a, b) =>
            rank.indexOf(a.key) - rank.indexOf(b.key) || (a.day || 0) - (b.day || 0)
    );
}
