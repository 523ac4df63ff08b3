import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import player from "../src/compare";
import type { Ballot, CueGroup, Film, PlayerSnapshot } from "../src/shared/protocol";
import { Kernel, settled } from "./kernel";

const NAMES = ["Zebra-bold", "Quokka-clean"];

let closing: AbortController;

beforeEach(() => {
  closing = new AbortController();
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
});

afterEach(() => {
  closing.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function film(number: number, change: Partial<Film> = {}): Film {
  return {
    film: number,
    status: "none",
    progress: 0,
    fps: 0,
    video: null,
    problem: null,
    ...change,
  };
}

function ready(number: number, video = number): Film {
  const facts = { video, name: "1.mp4", size_bytes: 4, duration_ms: 9000 };
  return film(number, { status: "ready", progress: 100, fps: 25, video: facts });
}

function snapshot(change: Partial<PlayerSnapshot> = {}, names = NAMES): PlayerSnapshot {
  const starts = [0, 3000, 6000];
  const groups: CueGroup[] = starts.map((start_ms, at) => ({
    start_ms,
    end_ms: start_ms + 2000,
    cues: names.map(() => [at]),
    // The second one is alike.
    alike: names.map((_, variant) => (at === 1 ? 0 : variant)),
  }));
  return {
    width: 1280,
    height: 720,
    fps: 30,
    blind: false,
    votes: 0,
    ballots: [],
    voter: "me",
    groups,
    variants: names.map((name, variant) => ({
      name,
      duration_ms: 9000,
      film: film(variant + 1),
      cues: starts.map((start_ms, at) => ({
        start_ms,
        end_ms: start_ms + 2000,
        text: at === 1 ? "the same" : `cue ${at} said ${["softly", "loudly", "thrice"][variant]}`,
        style: name,
        role: "caption",
      })),
    })),
    ...change,
  };
}

async function show(change: Partial<PlayerSnapshot> = {}, names = NAMES, language = "en") {
  const kernel = new Kernel();
  kernel.trait("language", language);
  kernel.answers("hello_player", () => ({ data: snapshot(change, names) }));
  kernel.answers("film", () => ({}));
  kernel.answers("video", () => ({
    data: { total_bytes: 4 },
    buffers: [new DataView(new ArrayBuffer(4))],
  }));
  const ballots: Ballot[] = [];
  kernel.answers("vote", ({ cue, left, right, winner }) => {
    ballots.push({ cue, left, right, winner } as Ballot);
    kernel.tell({ kind: "votes", count: ballots.length, ballots: [...ballots] });
    return { data: { votes: ballots.length } };
  });
  const widget = typeof player === "function" ? await player() : player;
  const { model } = kernel;
  await widget.initialize?.({ model, signal: closing.signal } as never);
  async function view(signal = closing.signal) {
    const el = document.createElement("div");
    document.body.append(el);
    await widget.render?.({ model, el, signal } as never);
    await settled();
    return el;
  }
  const el = await view();
  const need = <T extends Element = HTMLElement>(css: string): T => {
    const found = el.querySelector<T>(css);
    if (!found) throw new Error(`no ${css}`);
    return found;
  };
  return {
    kernel,
    el,
    need,
    view,
    button: (text: string) => {
      const all = [...el.querySelectorAll("button")];
      const found = all.find(
        (one) => one.textContent === text || one.getAttribute("aria-label") === text,
      );
      if (!found) throw new Error(`no button ${text}`);
      return found;
    },
    async press(key: string, init: KeyboardEventInit = {}) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
      need(".nmp-ab-stage").dispatchEvent(event);
      await settled();
      await settled();
      return event;
    },
    words: () => need("[role=status]").textContent,
  };
}

describe("what is shown", () => {
  it("lists every variant's words, with what differs marked", async () => {
    const { el } = await show();
    const heads = [...el.querySelectorAll(".nmp-ab-cues thead th")].map((th) => th.textContent);
    expect(heads).toEqual(["Time", ...NAMES]);
    const marks = [...el.querySelectorAll(".nmp-ab-cues mark")].map((mark) => mark.textContent);
    expect(marks).toEqual(["softly", "loudly", "softly", "loudly"]);
    expect(el.querySelectorAll(".nmp-ab-cues tbody tr[data-differs]")).toHaveLength(2);
    expect(el.querySelectorAll(".nmp-ab-marks i")).toHaveLength(2);
  });

  it("plays the captions where there is no film, and says so", async () => {
    const { el, need, press } = await show();
    expect(need(".nmp-ab-header + .nmp-hint").hidden).toBe(false);
    const said = () => [...el.querySelectorAll(".nmp-ab-said")].map((line) => line.textContent);
    expect(said()).toEqual(["cue 0 said softly", "cue 0 said loudly"]);
    await press("]");
    expect(said()).toEqual(["cue 2 said softly", "cue 2 said loudly"]);
    expect(need("tr[aria-current]").textContent).toContain("cue 2");
    await press("]");
    await press("[");
    expect(said()[0]).toBe("cue 0 said softly");
  });

  it("fetches a film once it is rendered, and lets it go at the end", async () => {
    const revoked = vi.spyOn(URL, "revokeObjectURL");
    const { kernel, el, need } = await show();
    kernel.tell({ kind: "film", film: film(1, { status: "processing", progress: 40 }) });
    await settled();
    expect(need<HTMLProgressElement>(".nmp-ab-on-its-way progress").value).toBe(40);
    kernel.tell({ kind: "film", film: ready(1) });
    await settled();
    const video = need<HTMLVideoElement>("video");
    expect(video.src).toMatch(/^blob:/);
    expect(video.hidden).toBe(false);
    expect(kernel.of("video")).toHaveLength(1);
    const { src } = video;
    closing.abort();
    expect(revoked).toHaveBeenCalledWith(src);
    expect(el.children).toHaveLength(0);
  });

  it("says why a film failed, and asks for it again", async () => {
    const { kernel, need, button } = await show();
    const problem = { what: "No disk.", why: "It is full.", fix: "Free some.", code: null };
    kernel.tell({ kind: "film", film: film(2, { status: "failed", problem }) });
    await settled();
    expect(need(".nmp-ab-cell:nth-child(2) .nmp-problem").textContent).toContain("No disk.");
    button("Render again").click();
    expect(kernel.of("film")[0]?.["film"]).toBe(2);
  });

  it("never reads a caption or a name as HTML", async () => {
    const names = ["<img src=x onerror=alert(1)>", "<b>B</b>"];
    const { el, button } = await show({}, names);
    button("Wipe").click();
    expect(el.querySelector("img, b")).toBeNull();
    expect(el.textContent).toContain("<img src=x");
  });

  it("speaks Chinese", async () => {
    const { need, button } = await show({}, NAMES, "zh");
    expect(need(".nmp-player").lang).toBe("zh");
    expect(button("并排").getAttribute("aria-pressed")).toBe("true");
  });
});

describe("modes", () => {
  const layers = (el: Element) =>
    [...el.querySelectorAll(".nmp-ab-cell")].map((cell) => cell.getAttribute("data-layer"));

  it("switch, wipe and subtract", async () => {
    const { el, need, press, button, words } = await show();
    expect(layers(el)).toEqual(["0", "1"]);
    button("One at a time").click();
    expect(layers(el)).toEqual(["0", null]);
    expect(words()).toBe("One at a time");
    await press("x");
    expect(layers(el)).toEqual([null, "0"]);
    expect(words()).toBe(`${NAMES[1]} is heard`);
    await press("1");
    expect(layers(el)).toEqual(["0", null]);
    button("Wipe").click();
    expect(layers(el)).toEqual(["0", "1"]);
    const divider = need("[role=slider][aria-label=Divider]");
    const key = (name: string) =>
      divider.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
    key("ArrowRight");
    expect(divider.getAttribute("aria-valuenow")).toBe("52");
    key("Home");
    expect(divider.getAttribute("aria-valuenow")).toBe("0");
    await press("v");
    expect(need(".nmp-ab-stage").dataset["mode"]).toBe("difference");
  });

  it("offer which two, where there are more", async () => {
    const { el, need, button } = await show({}, [...NAMES, "Third"]);
    expect(layers(el)).toEqual(["0", "1", "2"]);
    button("Wipe").click();
    const right = need<HTMLSelectElement>("select[aria-label=Right]");
    right.value = "2";
    right.dispatchEvent(new Event("change"));
    expect(layers(el)).toEqual(["0", null, "1"]);
  });

  it("leave keys with Ctrl to the notebook, and letters to a list", async () => {
    const { need, press } = await show();
    expect((await press("s", { ctrlKey: true })).defaultPrevented).toBe(false);
    const select = need("select");
    const event = new KeyboardEvent("keydown", { key: "v", bubbles: true, cancelable: true });
    select.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
    expect(need(".nmp-ab-stage").dataset["mode"]).toBe("side");
  });
});

describe("the blind vote", () => {
  it("shows no name anywhere, asks about each cue that differs, then reveals", async () => {
    const { el, kernel, need, press, button, words } = await show();
    await press("x");
    button("Blind vote").click();
    await settled();
    await settled();
    const html = () => need(".nmp-player").outerHTML;
    for (const name of NAMES) expect(html()).not.toContain(name);
    expect(need(".nmp-ab-vote-progress").textContent).toBe("1 of 2");
    expect(el.querySelectorAll(".nmp-ab-cues tbody tr")).toHaveLength(1);
    // What the left column says is what the left picture shows.
    const told = need(".nmp-ab-cues td").textContent;
    expect(need(".nmp-ab-cell .nmp-ab-said").textContent).toBe(told);

    await press("1");
    expect(kernel.of("vote")).toHaveLength(1);
    const first = kernel.of("vote")[0];
    expect(first?.["cue"]).toBe("1");
    expect(first?.["winner"]).toBe(first?.["left"]);
    expect(told).toContain(first?.["left"] === NAMES[0] ? "softly" : "loudly");
    expect(words()).toBe("Vote noted. 1 of 2");
    for (const name of NAMES) expect(html()).not.toContain(name);
    expect(need(".nmp-ab-vote-progress").textContent).toBe("2 of 2");

    await press("=");
    const second = kernel.of("vote")[1];
    expect([second?.["cue"], second?.["winner"]]).toEqual(["3", "tie"]);
    const reveal = need(".nmp-ab-reveal");
    expect(reveal.hidden).toBe(false);
    for (const name of NAMES) expect(reveal.textContent).toContain(name);
    expect(reveal.textContent).toContain("1 of 1 decided votes");
    expect(reveal.textContent).toContain("100 % of the time");
    expect(reveal.textContent).toContain("ab.preferences()");
    expect(need(".nmp-ab-header").textContent).toContain("2 votes so far");
  });

  it("takes arrows as votes, a held key as one", async () => {
    const { kernel, press, button } = await show();
    button("Blind vote").click();
    await settled();
    await press("ArrowRight");
    await press("ArrowRight", { repeat: true });
    expect(kernel.of("vote").map(({ right, winner }) => right === winner)).toEqual([true]);
  });

  it("begins blind where Python says so, and goes on where it was left", async () => {
    const cast = { cue: "1", left: NAMES[1] ?? "", right: NAMES[0] ?? "", winner: "tie" };
    const { need } = await show({ blind: true, ballots: [cast], votes: 1 });
    expect(need(".nmp-ab-vote-progress").textContent).toBe("2 of 2");
  });

  it("asks about every pair of three", async () => {
    const { need, button, press, el } = await show({}, [...NAMES, "Third"]);
    button("Wipe").click();
    button("Blind vote").click();
    await settled();
    const html = need(".nmp-player").outerHTML;
    for (const name of [...NAMES, "Third"]) expect(html).not.toContain(name);
    expect(need(".nmp-ab-vote-progress").textContent).toBe("1 of 6");
    const shown = [...el.querySelectorAll<HTMLElement>(".nmp-ab-cell")].filter((c) => !c.hidden);
    expect(shown.map((cell) => cell.getAttribute("aria-label"))).toEqual(["1", "2"]);
    for (let round = 0; round < 6; round += 1) await press("0");
    expect(need(".nmp-ab-reveal").hidden).toBe(false);
    expect(need(".nmp-ab-reveal").textContent).toContain("split evenly");
    button("Vote again").click();
    await settled();
    expect(need(".nmp-ab-vote-progress").textContent).toBe("1 of 6");
    button("Leave the blind vote").click();
    await settled();
    expect(need(".nmp-ab-voting").hidden).toBe(true);
    expect(document.activeElement).toBe(need(".nmp-ab-stage"));
  });

  it("waits for films that are on their way", async () => {
    const { kernel, press, button, need } = await show();
    kernel.tell({ kind: "film", film: film(1, { status: "processing" }) });
    await settled();
    button("Blind vote").click();
    await settled();
    await press("1");
    expect(kernel.of("vote")).toHaveLength(0);
    expect(need<HTMLButtonElement>(".nmp-ab-vote-buttons button").disabled).toBe(true);
  });

  it("paints a refused vote and stays at its cue", async () => {
    const { kernel, need, press, button } = await show();
    const error = { what: "No such vote.", why: "", fix: "", code: null };
    kernel.answers("vote", () => ({ error }));
    button("Blind vote").click();
    await settled();
    await press("1");
    expect(need(".nmp-troubles").textContent).toContain("No such vote.");
    expect(need(".nmp-ab-vote-progress").textContent).toBe("1 of 2");
  });
});

describe("the kernel", () => {
  it("that was restarted is told; what is here plays on", async () => {
    const { kernel, need, press, el } = await show();
    kernel.status("restarting");
    kernel.connection("connected");
    await settled();
    expect(need(".nmp-banner").textContent).toContain("The kernel was restarted.");
    await press("]");
    expect(el.querySelector(".nmp-ab-said")?.textContent).toBe("cue 2 said softly");
  });

  it("that does not answer a vote is told, and the vote may come late", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { kernel, need, press, button } = await show();
    kernel.answers("vote", () => undefined);
    button("Blind vote").click();
    await settled();
    await press("1");
    vi.advanceTimersByTime(6000);
    await settled();
    expect(need(".nmp-banner").hidden).toBe(false);
    const vote = kernel.of("vote")[0];
    if (vote) kernel.answer(vote, { data: { votes: 1 } });
    await settled();
    expect(need(".nmp-banner").hidden).toBe(true);
    expect(need(".nmp-ab-vote-progress").textContent).toBe("2 of 2");
  });
});

describe("the end", () => {
  it("leaves no listener, frame, film or element behind", async () => {
    vi.useFakeTimers({
      toFake: ["requestAnimationFrame", "cancelAnimationFrame", "setTimeout", "clearTimeout"],
    });
    const { kernel, press } = await show();
    kernel.tell({ kind: "film", film: ready(1) });
    await settled();
    await press(" ");
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    closing.abort();
    expect(vi.getTimerCount()).toBe(0);
    expect(kernel.listening).toBe(0);
    expect(document.querySelector(".nmp-player")).toBeNull();
  });

  it("of one view leaves the other, and its films, alone", async () => {
    const revoked = vi.spyOn(URL, "revokeObjectURL");
    const { kernel, el, view } = await show();
    const own = new AbortController();
    const second = await view(own.signal);
    kernel.tell({ kind: "film", film: ready(1) });
    await settled();
    const [one, other] = [el, second].map((each) => each.querySelector("video"));
    expect(one?.src).toBe(other?.src);
    own.abort();
    expect(second.children).toHaveLength(0);
    expect(revoked).not.toHaveBeenCalled();
    expect(el.querySelector("video")?.src).toMatch(/^blob:/);
    expect(kernel.of("video")).toHaveLength(1);
  });
});
