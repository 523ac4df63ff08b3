/** `1:02.5`; tenths only where asked or where they say something. */
export function clock(ms: number, tenths = ms % 1000 !== 0): string {
  const total = Math.max(0, tenths ? Math.round(ms / 100) / 10 : Math.floor(ms / 1000));
  const minutes = Math.floor(total / 60);
  const seconds = total - minutes * 60;
  const text = tenths ? seconds.toFixed(1) : String(seconds);
  return `${minutes}:${text.padStart(tenths ? 4 : 2, "0")}`;
}

/** `12 s`, `1 min 05 s`: how long something has been running. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** `3.4 MB`, in the decimal units that the limits are given in. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ["kB", "MB", "GB"];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
