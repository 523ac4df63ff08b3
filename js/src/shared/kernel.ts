import type { AnyModel } from "@anywidget/types";

/** What has become of the kernel: it began anew, its line is cut, or the line is back. */
export type KernelNews = "restarted" | "cut" | "back";

/** The part of JupyterLab's kernel connection that is used here; other hosts have less of it. */
interface Kernel {
  interrupt?(): Promise<void>;
  reconnect?(): Promise<void>;
  connectionStatus?: string;
  statusChanged?: Signal<string>;
  connectionStatusChanged?: Signal<string>;
}

interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): unknown;
  disconnect(slot: (sender: unknown, value: T) => void): unknown;
}

const GONE = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** The kernel behind *model*, where the host tells. */
export function kernelOf(model: AnyModel): Kernel | undefined {
  return (model.widget_manager as { kernel?: Kernel | null } | undefined)?.kernel ?? undefined;
}

/** Take the line to the kernel up again, if it is cut. */
export async function reconnectKernel(model: AnyModel): Promise<void> {
  const kernel = kernelOf(model);
  if (kernel?.connectionStatus !== "connected") await kernel?.reconnect?.();
}

/** Call *heard* with what becomes of the kernel of *model*, until *signal* aborts. */
export function watchKernel(
  model: AnyModel,
  heard: (news: KernelNews) => void,
  signal: AbortSignal,
): void {
  const kernel = kernelOf(model);
  const onStatus = (_sender: unknown, status: string) => {
    if (GONE.has(status)) heard("restarted");
  };
  const onConnection = (_sender: unknown, status: string) => {
    heard(status === "connected" ? "back" : "cut");
  };
  kernel?.statusChanged?.connect(onStatus);
  kernel?.connectionStatusChanged?.connect(onConnection);
  signal.addEventListener("abort", () => {
    kernel?.statusChanged?.disconnect(onStatus);
    kernel?.connectionStatusChanged?.disconnect(onConnection);
  });
}
