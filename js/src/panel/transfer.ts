import type { Channel } from "../shared/channel";

/** How many chunks may be unacknowledged: enough to hide one round trip, no more. */
const WINDOW = 3;

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
