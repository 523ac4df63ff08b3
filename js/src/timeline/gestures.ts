/** Pointer and wheel on the lanes, the ruler and the scroll bar. */
import type { Camera } from "./camera";
import { scrolledTo, thumbOf } from "./scale";

/** The hand trembles this much in a click. */
const CLICK_PX = 4;
/** A wheel that counts lines or pages, in px. */
const WHEEL_UNITS = [1, 16, 240];
/** One notch of a wheel, 100 px, makes it larger by about a fifth. */
const ZOOM_PER_PX = 0.0018;

export interface Modifiers {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

export interface LaneDeeds {
  /** Begin a drag: what is given back is called with the way since, in px. */
  grab(): (dx: number, dy: number) => void;
  /** A click at a place, px from the top left corner of the lanes. */
  click(x: number, y: number, modifiers: Modifiers): void;
  open(x: number, y: number): void;
  hover(x: number, y: number): void;
  /** Let the page show that a drag goes on. */
  dragging(isOn: boolean): void;
}

export interface WheelDeeds {
  zoom(factor: number, x: number): void;
  /** Scroll to later times; false where there is nothing more, and the page may scroll. */
  scroll(px: number): boolean;
}

/** Click, double click and drag on *el*; places count from the corner of *origin*. */
export function onLanes(
  el: HTMLElement,
  origin: HTMLElement,
  deeds: LaneDeeds,
  signal: AbortSignal,
): void {
  let start: { id: number; x: number; y: number; move: (dx: number, dy: number) => void } | null =
    null;
  let isDragging = false;

  function at(event: MouseEvent): [x: number, y: number] {
    const box = origin.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function end(): void {
    start = null;
    if (isDragging) deeds.dragging(false);
    isDragging = false;
  }

  el.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button > 1 || start) return;
      // The middle button would begin the browser's own scrolling.
      if (event.button === 1) event.preventDefault();
      start = { id: event.pointerId, x: event.clientX, y: event.clientY, move: deeds.grab() };
    },
    { signal },
  );
  el.addEventListener(
    "pointermove",
    (event) => {
      if (!start || event.pointerId !== start.id) {
        deeds.hover(...at(event));
        return;
      }
      const dx = event.clientX - start.x;
      const dy = event.clientY - start.y;
      if (!isDragging && Math.hypot(dx, dy) > CLICK_PX) {
        isDragging = true;
        el.setPointerCapture?.(event.pointerId);
        deeds.dragging(true);
      }
      if (isDragging) start.move(dx, dy);
    },
    { signal },
  );
  el.addEventListener(
    "pointerup",
    (event) => {
      if (!start || event.pointerId !== start.id) return;
      const isClick = !isDragging && event.button === 0;
      end();
      if (isClick) deeds.click(...at(event), event);
    },
    { signal },
  );
  el.addEventListener("pointercancel", end, { signal });
  el.addEventListener("dblclick", (event) => deeds.open(...at(event)), { signal });
}

/** Ctrl or Cmd zooms at the pointer; sideways and Shift scroll, and plainly where *isWide*. */
export function onWheel(
  el: HTMLElement,
  origin: HTMLElement,
  deeds: WheelDeeds,
  isWide: boolean,
  signal: AbortSignal,
): void {
  el.addEventListener(
    "wheel",
    (event) => {
      const unit = WHEEL_UNITS[event.deltaMode] ?? 1;
      const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const x = event.clientX - origin.getBoundingClientRect().left;
        deeds.zoom(Math.exp(-dy * ZOOM_PER_PX), x);
        return;
      }
      // A page that scrolls under the pointer goes on scrolling over the lanes.
      const sideways = event.shiftKey || isWide ? dx || dy : Math.abs(dx) > Math.abs(dy) ? dx : 0;
      if (sideways !== 0 && deeds.scroll(sideways)) event.preventDefault();
    },
    { signal, passive: false },
  );
}

/** A drag along *el* from where it is pressed: *move* gets the place in px, and its width. */
export function onDrag(
  el: HTMLElement,
  move: (x: number, widthPx: number, isFirst: boolean) => void,
  signal: AbortSignal,
): void {
  let id: number | null = null;
  const tell = (event: PointerEvent, isFirst: boolean) => {
    const box = el.getBoundingClientRect();
    move(event.clientX - box.left, box.width, isFirst);
  };
  el.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      id = event.pointerId;
      el.setPointerCapture?.(id);
      tell(event, true);
    },
    { signal },
  );
  el.addEventListener(
    "pointermove",
    (event) => {
      if (event.pointerId === id) tell(event, false);
    },
    { signal },
  );
  for (const name of ["pointerup", "pointercancel"] as const) {
    el.addEventListener(name, () => (id = null), { signal });
  }
}

/** The scroll bar: its thumb is dragged, and beside it comes to the pointer by its middle. */
export function onBar(el: HTMLElement, camera: Camera, signal: AbortSignal): void {
  let grip = 0;
  const move = (x: number, widthPx: number, isFirst: boolean) => {
    const { at, share } = thumbOf(camera.seen, camera.extent);
    const place = x / widthPx;
    if (isFirst) grip = place >= at && place <= at + share ? place - at : share / 2;
    camera.look(scrolledTo(camera.seen, camera.extent, place - grip));
  };
  onDrag(el, move, signal);
}
