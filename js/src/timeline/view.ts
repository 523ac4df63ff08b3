import { setAttr, setText } from "../shared/dom";
import { clock } from "../shared/format";
import type { Lang, SegmentRef, Thumbnails, TimelineView, Waveform } from "../shared/protocol";
import * as boards from "./board";
import { Camera } from "./camera";
import { Chosen, type Spot, type Way } from "./chosen";
import { Edits } from "./edits";
import { type Modifiers, onBar, onDrag, onLanes, onWheel } from "./gestures";
import { type Deed, laneKey, ZOOM_STEP, zoomKey } from "./keys";
import { rankAt } from "./lane";
import { Lists } from "./lists";
import { Overlay } from "./overlay";
import { Painter } from "./painter";
import { type Parts, partsOf } from "./parts";
import { Position } from "./position";
import { Previews } from "./previews";
import { rowAt } from "./rows";
import { scrolled } from "./scale";
import { Shelf } from "./shelf";
import { Surface } from "./surface";
import { type Texts, textsIn } from "./texts";
import { watchTheme } from "./theme";
import "./strip.css";

export interface TimelineHost {
  lang: Lang;
  signal: AbortSignal;
  onSeek(ms: number): void;
  /** By the user. */
  onSelect(selection: readonly SegmentRef[]): void;
  /** Settles once the change is made, or was refused. Absent: texts cannot be edited. */
  onEdit?: ((segment: SegmentRef, text: string) => Promise<void>) | undefined;
  thumbnails?(count: number, width: number): Promise<{ sheet: Blob; facts: Thumbnails } | null>;
  waveform?(buckets: number): Promise<Waveform | null>;
  announce(text: string): void;
}

export interface TimelineStrip {
  readonly el: HTMLElement;
  show(timeline: TimelineView | null): void;
  /** The player's place; does not call `onSeek`. */
  moveTo(ms: number): void;
  /** From Python; does not call `onSelect`. */
  select(selection: readonly SegmentRef[], reveal: boolean): void;
}

/** The timeline: a lane a track, segments to scale, a playhead that can be dragged. */
export function timelineStrip(host: TimelineHost): TimelineStrip {
  return new Strip(host);
}

/** A click this near to a segment too slim to hit means it. */
const SLACK_PX = 3;

class Strip implements TimelineStrip {
  readonly el: HTMLElement;
  readonly #host: TimelineHost;
  readonly #texts: Texts;
  readonly #parts: Parts;
  readonly #camera: Camera;
  readonly #position: Position;
  readonly #lists: Lists;
  readonly #edits: Edits;
  readonly #overlay: Overlay;
  readonly #surface: Surface;
  readonly #previews: Previews;
  readonly #painter: Painter;
  readonly #shelf: Shelf;
  #board = boards.boardOf(null, false);
  #chosen = Chosen.none;
  /** The current segment of each lane, and the lane that Tab reaches. */
  #ranks: number[] = [];
  #lane = 0;

  constructor(host: TimelineHost) {
    const { signal } = host;
    const repaint = () => this.#surface.schedule();
    this.#host = host;
    this.#texts = textsIn(host.lang);
    this.#parts = partsOf(this.#texts, (deed) => {
      if (deed === "fit") this.#camera.fit();
      else this.#zoom(deed === "in" ? ZOOM_STEP : 1 / ZOOM_STEP);
    });
    this.el = this.#parts.el;
    this.#surface = new Surface(() => this.#paint(), signal);
    this.#previews = new Previews(host, repaint, signal);
    this.#camera = new Camera(() => this.#changed());
    const onSeek = (ms: number) => {
      repaint();
      host.onSeek(ms);
    };
    this.#position = new Position(this.#parts.position, this.#camera, onSeek, signal);
    this.#lists = new Lists(
      this.#texts,
      (event, lane) => this.#laneKey(event, lane),
      (lane) => this.#arrive(lane),
    );
    this.#edits = this.#makeEdits(repaint);
    this.#overlay = new Overlay(this.#parts, this.#camera, this.#edits);
    this.#painter = new Painter(this.#parts, this.#surface, this.#previews);
    this.#shelf = new Shelf(this.#parts, repaint, signal);
    this.#parts.stage.append(this.#lists.el, this.#parts.pulses);
    this.#parts.body.append(this.#edits.editor.el);
    this.#listen();
    this.show(null);
  }

  show(timeline: TimelineView | null): void {
    const before = this.#board;
    const board = boards.boardOf(timeline, this.#host.thumbnails !== undefined);
    this.#board = board;
    this.#chosen = this.#chosen.carried(before.lanes, board.lanes);
    this.#ranks = board.lanes.map(({ segments }, lane) =>
      Math.min(this.#ranks[lane] ?? 0, segments.length - 1),
    );
    this.#lane = Math.max(0, Math.min(this.#lane, board.lanes.length - 1));
    this.#lists.draw(board.lanes, board.rows);
    this.#lists.reach(this.#lane);
    this.#edits.keep(boards.idsOn(board));
    const { nothing, body, zoom, summary } = this.#parts;
    const isEmpty = board.timeline === null;
    for (const part of [body, zoom]) part.hidden = isEmpty;
    nothing.hidden = !isEmpty;
    setText(summary, board.timeline ? clock(board.timeline.duration_ms) : "");
    setAttr(this.el, "data-segments", boards.countsOn(board));
    this.#shelf.size(board.rows);
    this.#previews.renew(isEmpty);
    this.#camera.over({ durationMs: board.timeline?.duration_ms ?? 0 });
    this.moveTo(this.#position.atMs);
  }

  moveTo(ms: number): void {
    this.#position.moveTo(ms);
    this.#surface.schedule();
  }

  select(selection: readonly SegmentRef[], reveal: boolean): void {
    const chosen = Chosen.of(selection, this.#board.lanes);
    // The host tells back what it was told: that is no new selection, it extends as before.
    if (!chosen.equals(this.#chosen)) this.#chosen = chosen;
    const first = this.#chosen.spots()[0];
    if (first && reveal) {
      this.#stand(first);
      this.#reveal(first);
      this.#host.announce(this.#texts.selected(this.#chosen.size));
    }
    this.#surface.schedule();
  }

  #makeEdits(changed: () => void): Edits {
    const host = this.#host;
    return new Edits(
      this.#texts,
      () => host.onEdit,
      {
        changed,
        refOf: (id) => {
          const spot = boards.spotOf(this.#board, id);
          return spot && boards.refAt(this.#board, spot);
        },
        focusLane: () => this.#lists.focus(this.#lane),
        isFocused: () => this.#isFocused(),
        announce: (text) => host.announce(text),
      },
      host.signal,
    );
  }

  #listen(): void {
    const { stage, gauge, ruler, position, bar, zoom } = this.#parts;
    const { signal } = this.#host;
    const sizes = new ResizeObserver((entries) => {
      const widthPx = entries.at(-1)?.contentRect.width ?? 0;
      if (widthPx > 0) this.#camera.over({ widthPx });
    });
    sizes.observe(gauge);
    signal.addEventListener("abort", () => sizes.disconnect());
    watchTheme(() => this.#painter.forgetTheme(), signal);
    onLanes(stage, gauge, this.#laneDeeds(), signal);
    onWheel(stage, gauge, this.#camera, false, signal);
    onWheel(ruler, gauge, this.#camera, true, signal);
    onDrag(ruler, (x) => this.#position.seek(this.#camera.toMs(x)), signal);
    onBar(bar, this.#camera, signal);
    const onKey = (event: KeyboardEvent) => this.#do(zoomKey(event), event);
    position.addEventListener(
      "keydown",
      (event) => {
        if (!this.#position.key(event)) onKey(event);
      },
      { signal },
    );
    zoom.addEventListener("keydown", onKey, { signal });
  }

  #laneDeeds() {
    const { stage, body } = this.#parts;
    return {
      grab: () => {
        const [seen, top] = [this.#camera.seen, this.#shelf.top];
        return (dx: number, dy: number) => {
          this.#camera.look(scrolled(seen, this.#camera.extent, -dx));
          this.#shelf.scrollTo(top - dy);
        };
      },
      click: (x: number, y: number, keys: Modifiers) => this.#click(x, y, keys),
      open: (x: number, y: number) => {
        const spot = this.#spotAt(x, y);
        if (spot) this.#open(spot, false);
      },
      hover: (x: number, y: number) => {
        const title = this.#titleAt(x, y);
        setAttr(stage, "title", title || null);
        stage.classList.toggle("nmp-tl-over", title !== "");
      },
      dragging: (isOn: boolean) => body.classList.toggle("nmp-tl-drag", isOn),
    };
  }

  #click(x: number, y: number, { shiftKey, ctrlKey, metaKey }: Modifiers): void {
    if (x < 0) return;
    const spot = this.#spotAt(x, y);
    const way = shiftKey ? "extend" : ctrlKey || metaKey ? "toggle" : "only";
    if (spot) {
      this.#stand(spot);
      this.#choose(this.#chosen.with(spot, way));
    } else if (way === "only" && this.#chosen.size > 0) this.#choose(Chosen.none);
    if (way === "only") this.#position.seek(this.#camera.toMs(x));
  }

  /** Keys and buttons zoom about what is looked at, where it is in sight. */
  #zoom(factor: number, spot?: Spot): void {
    const { widthPx } = this.#camera.extent;
    const { left, width } = spot ? this.#overlay.spanOf(this.#board, spot) : { left: -1, width: 0 };
    const middle = left + width / 2;
    const at = this.#camera.toPx(this.#position.atMs);
    const place = [middle, at].find((px) => px >= 0 && px <= widthPx);
    this.#camera.zoom(factor, place ?? widthPx / 2);
  }

  #changed(): void {
    const { film, rows, timeline, lanes } = this.#board;
    const { seen, extent } = this.#camera;
    const height = rows.all[film]?.height ?? 0;
    const cellPx = (height * (timeline?.width || 16)) / (timeline?.height || 9);
    const hasSound = lanes.length > 0 && timeline?.previews === true;
    const { dots } = this.#surface;
    this.#previews.want(extent.durationMs / seen.msPerPx, cellPx, dots, hasSound);
    this.#surface.schedule();
  }

  #choose(chosen: Chosen): void {
    this.#chosen = chosen;
    this.#surface.schedule();
    this.#host.onSelect(chosen.refs(this.#board.lanes));
  }

  /** Let a segment be the current one of its lane, and its lane the one that Tab reaches. */
  #stand({ lane, rank }: Spot): void {
    this.#lane = lane;
    this.#ranks[lane] = rank;
    this.#lists.reach(lane);
    this.#surface.schedule();
  }

  #arrive(lane: number): void {
    if (lane !== this.#lane) this.#stand(this.#currentOf(lane));
    this.#shelf.reveal(this.#board.rows.all[lane]);
  }

  #currentOf(lane: number): Spot {
    return { lane, rank: this.#ranks[lane] ?? 0 };
  }

  #reveal(spot: Spot): void {
    const lane = this.#board.lanes[spot.lane];
    if (lane) this.#camera.reveal(lane.starts[spot.rank] ?? 0, lane.ends[spot.rank] ?? 0);
    this.#shelf.reveal(this.#board.rows.all[spot.lane]);
  }

  #spotAt(x: number, y: number): Spot | null {
    const lane = rowAt(this.#board.rows, y + this.#shelf.top);
    const found = this.#board.lanes[lane];
    if (!found || x < 0) return null;
    const rank = rankAt(found, this.#camera.toMs(x), SLACK_PX * this.#camera.seen.msPerPx);
    return rank < 0 ? null : { lane, rank };
  }

  #titleAt(x: number, y: number): string {
    const spot = this.#spotAt(x, y);
    if (!spot) return "";
    const { msPerPx } = this.#camera.seen;
    const lane = this.#board.lanes[spot.lane];
    return boards.crowdAt(lane, this.#camera.toMs(x), msPerPx, this.#texts) ?? this.#words(spot);
  }

  #words(spot: Spot): string {
    const segment = boards.segmentAt(this.#board, spot);
    return segment ? boards.wordsOf(segment, this.#name(spot)) : "";
  }

  #name(spot: Spot): string {
    const segment = boards.segmentAt(this.#board, spot);
    if (!segment) return "";
    const { pending } = this.#edits;
    const label = pending.size > 0 ? (pending.get(segment.id) ?? segment.label) : segment.label;
    return label || this.#texts.kinds[this.#board.lanes[spot.lane]?.kind ?? "other"];
  }

  #open(spot: Spot, forEditing: boolean): void {
    const lane = this.#board.lanes[spot.lane];
    const segment = boards.segmentAt(this.#board, spot);
    if (!lane || !segment) return;
    if (lane.kind === "text" && this.#edits.canEdit) {
      this.#reveal(spot);
      this.#edits.begin(segment.id, segment.label);
    } else if (!forEditing) this.#position.seek(segment.start_ms);
  }

  #laneKey(event: KeyboardEvent, lane: number): void {
    const at = this.#currentOf(lane);
    this.#do(laneKey(event, at, this.#board.lanes), event, at);
  }

  #do(deed: Deed | null, event: KeyboardEvent, at?: Spot): void {
    if (!deed || (deed.deed === "clear" && this.#chosen.size === 0)) return;
    event.preventDefault();
    if (deed.deed === "zoom") this.#zoom(deed.factor, at);
    else if (deed.deed === "fit") this.#camera.fit();
    else if (deed.deed === "go") this.#go(deed.to, deed.way);
    else if (deed.deed === "clear") this.#choose(Chosen.none);
    else if (!at) return;
    else if (deed.deed === "all") this.#choose(Chosen.lane(this.#board.lanes, at.lane));
    else if (deed.deed === "toggle") this.#choose(this.#chosen.with(at, "toggle"));
    else this.#open(at, deed.deed === "edit");
  }

  #go(to: Spot, way: Way | null): void {
    const isElsewhere = to.lane !== this.#lane;
    this.#stand(to);
    this.#reveal(to);
    if (isElsewhere) this.#lists.focus(to.lane);
    if (way) this.#choose(this.#chosen.with(to, way));
  }

  #isFocused(): boolean {
    const active = (this.el.getRootNode() as Document | ShadowRoot).activeElement;
    return active === null || active === document.body || this.el.contains(active);
  }

  #paint(): void {
    if (this.#board.lanes.length === 0) return;
    this.#placeLists();
    if (this.#camera.extent.widthPx <= 0) return;
    const { top, heightPx } = this.#shelf;
    this.#painter.paint(this.#board, this.#camera, top, heightPx, {
      nameOf: (lane, rank) => this.#name({ lane, rank }),
      isSelected: (lane, rank) => this.#chosen.has(lane, rank),
      hasSelection: this.#chosen.size > 0,
    });
    this.#overlay.place(this.#board, this.#position.atMs, top, heightPx);
  }

  #placeLists(): void {
    const { count } = this.#parts;
    setText(count, this.#chosen.size > 0 ? this.#texts.selected(this.#chosen.size) : "");
    this.#lists.el.style.transform = `translateY(${-this.#shelf.top}px)`;
    for (const lane of this.#board.lanes.keys()) {
      const spot = this.#currentOf(lane);
      this.#lists.current(lane, {
        rank: spot.rank,
        words: this.#words(spot),
        isSelected: this.#chosen.has(lane, spot.rank),
        ...this.#overlay.spanOf(this.#board, spot),
      });
    }
  }
}
