import type { Channel } from "./channel";
import type { Video } from "./protocol";

/** What a page should hold in memory of one file. */
export const MOST_VIDEO_BYTES = 256_000_000;

const TYPES: Record<string, string> = {
  mp4: "video/mp4",
  webm: "video/webm",
  gif: "image/gif",
  png: "image/png",
  wav: "audio/wav",
};

/** The MIME type of an exported file, by its name's ending. */
export function mimeOf(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return TYPES[ending] ?? "application/octet-stream";
}

/** Fetch an exported file from the kernel, chunk after chunk, as one Blob. */
export async function fetchVideo(
  channel: Channel,
  video: Video,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const parts: ArrayBuffer[] = [];
  let offset = 0;
  let total = video.size_bytes;
  do {
    signal.throwIfAborted();
    const { data, buffers } = await channel.request("video", { video: video.video, offset });
    const part = buffers[0];
    if (!part?.byteLength) break;
    // A copy: the view's buffer may be a slice of the whole websocket frame.
    parts.push(bytesOf(part));
    offset += part.byteLength;
    total = data.total_bytes;
    onProgress(total > 0 ? offset / total : 1);
  } while (offset < total);
  return new Blob(parts, { type: mimeOf(video.name) });
}

/** The bytes of one message buffer, on their own. */
export function bytesOf(view: DataView): ArrayBuffer {
  const copy = new Uint8Array(view.byteLength);
  copy.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return copy.buffer;
}
