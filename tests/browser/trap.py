"""Watches a page for anything that untrusted text made it do."""

from urllib.parse import urlsplit

# What JupyterLab and Notebook 7 ask their own server for.
_OWN_PATHS = ("/api/", "/lab", "/static/", "/notebooks/", "/kernelspecs/", "/custom/", "/files/")
_OWN_PATHS += ("/favicon.ico", "/logos/", "/tree", "/lsp/")
_DECOYS = ("xss-probe", "evil.test", "relative.png")

# `pwned` is what the payloads call; frames of theirs would find it on their parent.
_SCRIPT = """() => {
    window.__pwned ??= [];
    window.pwned = what => { top.__pwned.push(String(what)); };
}"""

# What no text may become, whether or not it has run yet.
_SCAN = r"""() => {
    const tags = new Set(('script iframe object embed base meta link form portal frameset frame '
        + 'marquee math foreignobject animate set use template xmp plaintext listing mglyph'
    ).split(' '));
    const clobbered = new Set(['document', 'jupyterapp', 'getElementById', 'querySelector',
        'cookie', 'commands', 'body', 'jupyter-config-data', 'p']);
    const loading = /^(src|srcset|data|action|formaction|poster|background|ping|srcdoc)$/i;
    const fine = /^(https?:|blob:|data:(image|video|audio)\/(png|jpeg|gif|webp|mp4|webm|wav);)/i;
    const words = /^(href|title|alt|id|value|content)$|^aria-|^data-/;
    const reaching = /url\(|@import|expression|behavior|position: *fixed/i;
    const found = [];
    for (const el of document.querySelectorAll('.jp-OutputArea *')) {
        const tell = why => found.push(`${why}: ${el.outerHTML.slice(0, 200)}`);
        // A formula is Jupyter's own work.
        if (tags.has(el.localName.toLowerCase()) && !el.closest('mjx-container')) tell('tag');
        if (clobbered.has(el.id) || clobbered.has(el.getAttribute('name'))) tell('clobbers');
        for (const { name, value } of el.attributes) {
            if (/^on/i.test(name)) tell('handler');
            if (loading.test(name) && !fine.test(value)) tell('loads');
            if (/evil\.test/.test(value) && !words.test(name)) tell('foreign');
            if (name === 'style' && reaching.test(value)) tell('style');
            if (!/(^|:)href$/i.test(name)) continue;
            // Jupyter links addresses in plain text by itself, also those that a browser does
            // not follow; never those that run.
            const plain = el.closest('.jp-RenderedText') && /^(data|file):/i.test(value);
            if (!plain && !fine.test(el.href?.baseVal ?? el.href ?? value)) tell('link');
        }
        if (el.localName === 'style' && reaching.test(el.textContent)) tell('style');
        if (el.localName === 'a' && el.relList.contains('opener')) tell('opener');
    }
    return found;
}"""


class Trap:
    """Set before the text arrives."""

    def __init__(self, notebook):
        self._page = page = notebook.page
        self._origin = urlsplit(page.url).netloc
        self._events = []
        page.evaluate(_SCRIPT)
        page.add_init_script(f"({_SCRIPT})()")
        page.on("request", self._see)
        page.on("dialog", self._hear)
        page.on("popup", lambda popup: self._events.append(f"popup {popup.url}"))
        page.on("framenavigated", self._moved)

    def _see(self, request):
        url = urlsplit(request.url)
        if url.scheme in ("data", "blob"):
            return
        own = url.netloc == self._origin and (url.path == "/" or url.path.startswith(_OWN_PATHS))
        if own and url.path == "/api/resolvePath":
            # JupyterLab asks its server about whatever looks like a path in a traceback.
            return
        # A picture named `x` would be asked for beside the notebook.
        lured = any(decoy in request.url for decoy in _DECOYS) or url.path.endswith("/x")
        if lured or not own:
            self._events.append(f"{request.resource_type} {request.url}")

    def _hear(self, dialog):
        self._events.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _moved(self, frame):
        if frame.parent_frame is not None:
            self._events.append(f"frame {frame.url}")

    def assert_nothing_caught(self):
        """Nothing ran or was asked for, and nothing stands in an output that could."""
        # What was begun has had its time: an error of a picture comes a little later.
        self._page.wait_for_timeout(250)
        ran = [f"ran {what}" for what in self._page.evaluate("() => window.__pwned")]
        caught = [*self._events, *ran, *self._page.evaluate(_SCAN)]
        if caught:
            raise AssertionError("\n".join(caught))
