import http.server
import ipaddress
import threading

import anyio
import pytest

from nemo_nb.errors import FileTooLarge, InputError
from nemo_nb.studio.fetch import FetchRules, fetch
from nemo_nb.studio.receiving import Landing

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  an address to refuse, nothing is bound
    "224.0.0.1",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b:1::7f00:1",
    "fec0::1",
    "2001:db8::1",
    "198.18.0.1",
    "255.255.255.255",
]


class Site(http.server.BaseHTTPRequestHandler):
    """Serves /file /named /gone /to/<url> /slow /endless."""

    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        kind, _, rest = self.path[1:].partition("/")
        if kind == "to":
            self.reply(302, b"", Location=rest)
        elif kind == "gone":
            self.reply(404, b"")
        elif kind == "slow":
            self.send_response(200)
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write(b"x")
            self.rfile.read(1)  # until the other side hangs up
        elif kind == "endless":
            self.send_response(200)
            self.end_headers()
            while not self.wfile.closed:
                self.wfile.write(b"x" * 65_536)
        else:
            assert self.headers["Accept-Encoding"] == "identity"
            name = {"Content-Disposition": "attachment; filename*=UTF-8''caf%C3%A9.jpg"}
            self.reply(200, b"content", **(name if kind == "named" else {}))

    def reply(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for header, value in headers.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.hosts = []
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def rules(allow="127.0.0.1/32", **hosts):
    table = {"site.test": ["127.0.0.1"]} | {k.replace("_", "."): v for k, v in hosts.items()}
    networks = (ipaddress.ip_network(allow),) if allow else ()
    return FetchRules(allowed=networks, resolve=lambda host, _: table.get(host, [host]))


async def run(url, tmp_path, chosen, limit=1_000_000):
    with Landing(tmp_path, limit) as landing:
        file = await fetch(url, landing, chosen)
        return file.name, file.path.read_bytes()


@pytest.fixture
def get(tmp_path):
    def call(url, chosen=None, limit=1_000_000):
        return anyio.run(run, url, tmp_path, chosen or rules(), limit)

    return call


def test_a_file_is_fetched_under_its_name_from_the_checked_address(site, get):
    assert get(f"http://site.test:{site.server_port}/file/a%20b.jpg?x=1") == ("a b.jpg", b"content")
    assert site.hosts == [f"site.test:{site.server_port}"]


def test_the_server_may_name_the_file(site, get):
    assert get(f"http://site.test:{site.server_port}/named/x")[0] == "café.jpg"


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(get, address):
    with pytest.raises(InputError, match="private network"):
        get("http://inside.test/a.jpg", rules(allow=None, inside_test=[address]))


def test_one_private_address_among_public_ones_is_enough_to_refuse(get):
    with pytest.raises(InputError, match="private network"):
        get("http://mixed.test/a", rules(allow=None, mixed_test=["93.184.216.34", "127.0.0.1"]))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://site.test:21/a",
        "gopher://site.test/a",
        "a.jpg",
        "http://",
        "http://[::1",
        "http://site.test:99999/",
        "",
    ],
)
def test_only_http_and_https_addresses_are_fetched(get, url):
    with pytest.raises(InputError, match="was not fetched"):
        get(url)


def test_a_name_that_changes_its_mind_is_not_asked_again(site, get):
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    chosen = FetchRules(
        allowed=(ipaddress.ip_network("127.0.0.1/32"),), resolve=lambda *_: answers.pop(0)
    )
    assert get(f"http://site.test:{site.server_port}/file/a.jpg", chosen)[1] == b"content"
    with pytest.raises(InputError, match="private network"):
        get(f"http://site.test:{site.server_port}/file/a.jpg", chosen)


def test_a_redirect_resolves_and_checks_anew(site, get):
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    chosen = FetchRules(
        allowed=(ipaddress.ip_network("127.0.0.1/32"),), resolve=lambda *_: answers.pop(0)
    )
    with pytest.raises(InputError, match="private network"):
        get(f"http://site.test:{site.server_port}/to//file/a.jpg", chosen)


def test_the_next_address_is_tried_where_the_first_is_not_there(site, get):
    # Nothing listens on the second loopback address.
    two = rules("127.0.0.0/8", site_test=["127.0.0.2", "127.0.0.2", "127.0.0.1"])
    assert get(f"http://site.test:{site.server_port}/file/a.jpg", two)[1] == b"content"


def test_a_file_that_takes_too_long_is_given_up(site, get):
    slow = FetchRules(
        allowed=(ipaddress.ip_network("127.0.0.1/32"),),
        resolve=lambda *_: ["127.0.0.1"],
        time_limit_s=0.3,
    )
    with pytest.raises(InputError, match="did not arrive within"):
        get(f"http://site.test:{site.server_port}/slow/a.jpg", slow)


def test_a_resolver_that_hangs_is_given_up(get):
    hung = threading.Event()
    stuck = FetchRules(resolve=lambda *_: hung.wait(20) and [], time_limit_s=0.1)
    with pytest.raises(InputError, match="did not arrive within"):
        get("http://site.test/a.jpg", stuck)
    hung.set()


def test_a_redirect_is_followed(site, get):
    here = f"http://site.test:{site.server_port}"
    assert get(f"{here}/to//to//file/a.jpg") == ("a.jpg", b"content")


def test_a_redirect_into_a_private_network_is_refused(site, get):
    here = f"http://site.test:{site.server_port}"
    with pytest.raises(InputError, match="private network"):
        get(f"{here}/to/http://169.254.169.254/latest/meta-data")
    with pytest.raises(InputError, match="Only http"):
        get(f"{here}/to/file:///etc/passwd")


def test_redirects_end(site, get):
    here = f"http://site.test:{site.server_port}"
    with pytest.raises(InputError, match="redirects more than"):
        get(f"{here}/" + "to//" * 7 + "file")


def test_an_answer_that_is_no_file_is_refused(site, get):
    with pytest.raises(InputError, match="404"):
        get(f"http://site.test:{site.server_port}/gone")


def test_more_bytes_than_the_limit_are_not_fetched(site, get):
    with pytest.raises(FileTooLarge):
        get(f"http://site.test:{site.server_port}/endless/a.mp4")
    with pytest.raises(FileTooLarge, match=r"0\.0 MB"):
        get(f"http://site.test:{site.server_port}/file/a.mp4", limit=3)


def test_a_server_that_is_not_there_is_an_error_in_words(get, unused_port):
    with pytest.raises(InputError, match="ConnectError"):
        get(f"http://site.test:{unused_port}/a.jpg")


def test_a_message_holds_neither_query_nor_password(get):
    with pytest.raises(InputError) as caught:
        get("http://me:pass@inside.test/a?sig=secret", rules(allow=None, inside_test=["::1"]))
    assert "http://inside.test/a " in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_upload_by_url_goes_through_the_studio(owner, tmp_path, photo):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "dog.jpg").write_bytes(photo)

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            pass

    sid = owner.session()
    path = f"/api/upload-video/nemo_agent/me/{sid}"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://loop.test:{server.server_port}/dog.jpg"
        answer = owner.post(path, json={"urls": [url], "source_type": "url"})
        server.shutdown()
    assert answer.json()["data"]["files"][0]["filename"] == "dog.jpg"
    assert owner.state(sid)["draft"]["t"][0]["sg"][0]["m"]["src"] == "dog.jpg"
    refused = owner.post(path, json={"urls": ["http://10.0.0.1/a.jpg"], "source_type": "url"})
    assert refused.json()["code"] == 422
    assert "private network" in refused.json()["message"]
