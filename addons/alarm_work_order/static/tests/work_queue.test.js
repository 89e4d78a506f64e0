import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {WorkQueue} from "@alarm_work_order/work_page/model/work_queue";

describe.current.tags("desktop");

class FakeStorage {
    constructor(room = Infinity) {
        this.items = {};
        this.room = room;
    }
    getItem(name) {
        return this.items[name] ?? null;
    }
    setItem(name, text) {
        if (text.length > this.room) {
            throw new DOMException("full", "QuotaExceededError");
        }
        this.items[name] = text;
    }
}

let storage, number;

function makeQueue() {
    return new WorkQueue(storage, "test", {
        newKey: () => `key-${++number}`,
        now: () => "2030-01-07T08:00:00Z",
    });
}

const texts = (calls) => calls.map((call) => call.values.text);
const done = (call) => ({key: call.key, ok: true, message: ""});
const refuse = (call, message = "no") => ({key: call.key, ok: false, message});

beforeEach(() => {
    storage = new FakeStorage();
    number = 0;
});

test("what was typed survives a reload, with its key", () => {
    const call = makeQueue().add(1, "note", {text: "a"});
    const [kept] = makeQueue().calls;
    expect(kept).toEqual(call);
    expect(kept.at).toBe("2030-01-07T08:00:00Z");
});

test("it is sent until it is answered, always under the same key", () => {
    const queue = makeQueue();
    queue.add(1, "note", {text: "a"});
    const [first] = queue.next();
    queue.settle([]);
    const [again] = queue.next();
    expect(again.key).toBe(first.key);
    queue.settle([done(again)]);
    expect(queue.calls).toEqual([]);
    expect(makeQueue().calls).toEqual([]);
});

test("only the last answer to a field is sent", () => {
    const queue = makeQueue();
    queue.add(1, "checklist", {text: "1"}, {field: "f", shown: "1"});
    queue.add(1, "checklist", {text: "2"}, {field: "f", shown: "2"});
    queue.add(2, "checklist", {text: "3"}, {field: "f", shown: "3"});
    expect(texts(queue.next())).toEqual(["2", "3"]);
    expect(queue.answerOf(1, "f").shown).toBe("2");
});

test("what is on its way is not replaced, the new answer follows it", () => {
    const queue = makeQueue();
    queue.add(1, "checklist", {text: "1"}, {field: "f", shown: "1"});
    const [sent] = queue.next();
    queue.add(1, "checklist", {text: "2"}, {field: "f", shown: "2"});
    expect(texts(queue.calls)).toEqual(["1", "2"]);
    queue.settle([done(sent)]);
    expect(texts(queue.next())).toEqual(["2"]);
});

test("the order of typing is the order of sending", () => {
    const queue = makeQueue();
    for (const text of ["a", "b", "c"]) {
        queue.add(1, "note", {text});
    }
    expect(texts(queue.next())).toEqual(["a", "b", "c"]);
});

test("large calls go in pieces, and one that is larger than a piece goes alone", () => {
    const queue = makeQueue();
    const photo = "x".repeat(400000);
    queue.add(1, "photo", {image: photo});
    queue.add(1, "photo", {image: photo});
    queue.add(1, "photo", {image: "y".repeat(2000000)});
    const sizes = [];
    while (queue.waiting.length) {
        const batch = queue.next();
        sizes.push(batch.length);
        queue.settle(batch.map(done));
    }
    expect(sizes).toEqual([1, 1, 1]);
});

test("what is refused says why, is not sent again by itself, and holds up nothing", () => {
    const queue = makeQueue();
    queue.add(1, "verb", {text: "test"});
    queue.add(1, "note", {text: "a"});
    const [test_, note] = queue.next();
    queue.settle([refuse(test_, "the check-list is open"), done(note)]);
    expect(queue.refused.map((call) => call.refused)).toEqual([
        "the check-list is open",
    ]);
    queue.add(1, "note", {text: "b"});
    expect(texts(queue.next())).toEqual(["b"]);
    queue.retry(test_.key);
    expect(texts(queue.next())).toEqual(["test", "b"]);
    queue.settle([]);
    queue.drop(test_.key);
    expect(texts(queue.calls)).toEqual(["b"]);
});

test("a full storage loses nothing while the page is open, and says so", () => {
    storage = new FakeStorage(300);
    const queue = makeQueue();
    queue.add(1, "note", {text: "a"});
    expect(queue.isFull).toBe(false);
    queue.add(1, "photo", {image: "x".repeat(500)});
    expect(queue.isFull).toBe(true);
    expect(queue.next()).toHaveLength(2);
});

test("a storage that holds rubbish, or is shut, is an empty one", () => {
    storage.items.test = "{not json";
    expect(makeQueue().calls).toEqual([]);
    storage.items.test = '{"an": "object"}';
    expect(() => makeQueue().add(1, "note", {text: "a"})).not.toThrow();
});

test("two tabs see each other's calls", () => {
    const one = makeQueue();
    const two = makeQueue();
    one.add(1, "note", {text: "a"});
    two.reload();
    expect(texts(two.calls)).toEqual(["a"]);
});
