"""Keeps account of what a widget takes from the page and must give back.

Only what code from a blob does is counted: a widget's bundle is one, Jupyter's files are not.
"""

STILL_MS, STEP_MS = 1000, 200

_SCRIPT = """() => {
    if (window.__ledger) return;
    const kept = { timers: new Map(), frames: new Set(), urls: new Set(), observers: new Set(),
        listeners: new Map(), workers: new Set(), audio: new Set() };
    const ours = () => /blob:/.test(new Error().stack);
    const where = () => new Error().stack.split('\\n').filter(line => /blob:/.test(line))
        .slice(0, 2).map(line => line.trim().replace(/blob:.*?(:\\d+:\\d+)/, '$1')).join(' < ');

    for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
        const [realSet, realClear] = [window[set], window[clear]];
        window[set] = (what, ms, ...rest) => {
            if (!ours()) return realSet(what, ms, ...rest);
            const id = realSet((...args) => {
                if (set === 'setTimeout') kept.timers.delete(id);
                what(...args);
            }, ms, ...rest);
            kept.timers.set(id, `${set} ${ms} ${where()}`);
            return id;
        };
        window[clear] = id => { kept.timers.delete(id); realClear(id); };
    }
    const [realFrame, realCancel] = [requestAnimationFrame, cancelAnimationFrame];
    window.requestAnimationFrame = what => {
        if (!ours()) return realFrame(what);
        const id = realFrame(now => { kept.frames.delete(id); what(now); });
        kept.frames.add(id);
        return id;
    };
    window.cancelAnimationFrame = id => { kept.frames.delete(id); realCancel(id); };

    const [realUrl, realRevoke] = [URL.createObjectURL, URL.revokeObjectURL];
    URL.createObjectURL = what => {
        const url = realUrl.call(URL, what);
        if (ours()) kept.urls.add(url);
        return url;
    };
    URL.revokeObjectURL = url => { kept.urls.delete(url); realRevoke.call(URL, url); };

    for (const name of ['ResizeObserver', 'MutationObserver', 'IntersectionObserver']) {
        const Real = window[name];
        window[name] = class extends Real {
            observe(...args) {
                if (ours()) kept.observers.add(this);
                super.observe(...args);
            }
            disconnect() {
                kept.observers.delete(this);
                super.disconnect();
            }
        };
    }

    // Listeners of what outlives a view: the page, its window, media queries.
    const lasting = target => [window, document, document.body, document.documentElement]
        .includes(target) || target instanceof MediaQueryList;
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    const key = (type, capture) => `${type} ${capture ? 'capture' : ''}`;
    const capture = options => typeof options === 'object' ? options?.capture : options;
    // The ledger itself must not keep what it has struck off.
    const drop = (what, type, options) => {
        const heard = kept.listeners.get(what);
        heard?.delete(key(type, capture(options)));
        if (heard?.size === 0) kept.listeners.delete(what);
    };
    EventTarget.prototype.addEventListener = function (type, what, options) {
        const target = this ?? window;
        if (what && lasting(target) && ours()) {
            const forget = () => drop(what, type, options);
            if (!kept.listeners.has(what)) kept.listeners.set(what, new Map());
            kept.listeners.get(what).set(key(type, capture(options)), `${type} ${where()}`);
            options?.signal && addEventListener.call(options.signal, 'abort', forget);
        }
        return addEventListener.call(target, type, what, options);
    };
    EventTarget.prototype.removeEventListener = function (type, what, options) {
        drop(what, type, options);
        return removeEventListener.call(this ?? window, type, what, options);
    };

    const Audio = window.AudioContext;
    window.AudioContext = class extends Audio {
        constructor(...args) { super(...args); if (ours()) kept.audio.add(this); }
        close() { kept.audio.delete(this); return super.close(); }
    };
    const RealWorker = window.Worker;
    window.Worker = class extends RealWorker {
        constructor(...args) { super(...args); if (ours()) kept.workers.add(this); }
        terminate() { kept.workers.delete(this); super.terminate(); }
    };

    window.__ledger = () => ({
        timers: [...kept.timers.values()],
        frames: [...kept.frames].map(String),
        urls: [...kept.urls],
        observers: [...kept.observers].map(one => one.constructor.name),
        listeners: [...kept.listeners.values()].flatMap(one => [...one.values()]),
        audio: [...kept.audio].map(() => 'AudioContext'),
        workers: [...kept.workers].map(() => 'Worker'),
    });
}"""


class Ledger:
    """Opened on a page before a widget is there."""

    def __init__(self, notebook):
        self._page = notebook.page
        self._page.evaluate(_SCRIPT)

    def entries(self):
        """What has been taken and not given back, by kind."""
        found = self._page.evaluate("() => window.__ledger()")
        return {kind: entries for kind, entries in found.items() if entries}

    def settled(self):
        """How many of each kind there are, once nothing has come or gone for a second."""
        before, since = None, 0
        while since < STILL_MS:
            self._page.wait_for_timeout(STEP_MS)
            now = {kind: len(found) for kind, found in self.entries().items()}
            since = since + STEP_MS if now == before else 0
            before = now
        return before
