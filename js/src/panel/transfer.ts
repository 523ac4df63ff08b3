import type { Channel } from "../shared/channel";
import type { Video } from "../shared/protocol";

/** How many chunks may be unacknowledged: enough to hide one round trip, no more. */
const WINDOW = 3;

/** What a page should hold in memory of one video. */
export const MOST_VIDEO_BYTES = 256_000_000;

/**
 * Move one file into the kernel in chunks, a few in flight, then on to the backend.
 *
 * A widget message has a size limit (10 MB in Jupyter, 1 MB in Colab), so a file never travels
 * in one. `onRead` hears the bytes that the kernel has acknowledged.
 */
export async function sendFile(
  channel: Channel,
  upload: string,
  file: File,
  onRead: (receivedBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const begun = await channel.request("upload_begin", {
    upload,
    name: file.name,
    size_bytes: file.size,
  });
  const chunk = Math.max(1, begun.data.chunk_bytes);
  let received = 0;
  let next = 0;
  const carry = async (): Promise<void> => {
    while (next < file.size) {
      signal.throwIfAborted();
      const offset = next;
      next += chunk;
      const buffer = await file.slice(offset, offset + chunk).arrayBuffer();
      signal.throwIfAborted();
      await channel.request("upload_chunk", { upload, offset }, { buffers: [buffer] });
      received += buffer.byteLength;
      onRead(received);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, carry));
  signal.throwIfAborted();
}

/** Fetch an exported video from the kernel, chunk after chunk, as one Blob. */
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
  return new Blob(parts, { type: "video/mp4" });
}

/** The bytes of one message buffer, on their own. */
export function bytesOf(view: DataView): ArrayBuffer {
  const copy = new Uint8Array(view.byteLength);
  copy.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return copy.buffer;
}
