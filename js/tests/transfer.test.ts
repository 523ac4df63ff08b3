import { expect, it } from "vitest";
import { sendFile } from "../src/panel/transfer";
import { Channel } from "../src/shared/channel";
import { fetchVideo } from "../src/shared/fetch";
import { type Asked, Kernel, settled } from "./kernel";

const CHUNK = 1000;

function open() {
  const kernel = new Kernel();
  kernel.answers("upload_begin", () => ({ data: { chunk_bytes: CHUNK } }));
  const signal = new AbortController().signal;
  return { kernel, signal, channel: new Channel(kernel.model, () => {}, signal) };
}

function content(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 7) % 256);
}

function joined(chunks: Asked[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  for (const { offset, buffers } of chunks) {
    whole.set(new Uint8Array(buffers[0] as ArrayBuffer), offset as number);
  }
  return whole;
}

it.each([1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK + 3])(
  "sends a file of %i bytes whole, in chunks",
  async (size) => {
    const { kernel, channel, signal } = open();
    kernel.answers("upload_chunk", () => ({ data: { received_bytes: 0 } }));
    const seen: number[] = [];
    const file = new File([content(size)], "a.jpg");
    await sendFile(channel, "u", file, (received) => seen.push(received), signal);
    const chunks = kernel.of("upload_chunk");
    expect(chunks.length).toBe(Math.ceil(size / CHUNK));
    expect(joined(chunks, size)).toEqual(content(size));
    expect(seen.at(-1)).toBe(size);
  },
);

it("keeps at most three chunks unacknowledged", async () => {
  const { kernel, channel, signal } = open();
  const file = new File([content(20 * CHUNK)], "a.jpg");
  const sending = sendFile(channel, "u", file, () => {}, signal);
  let answered = 0;
  let most = 0;
  while (answered < 20) {
    await settled();
    // jsdom reads a Blob through timers.
    await new Promise((resolve) => setTimeout(resolve));
    const asked = kernel.of("upload_chunk");
    most = Math.max(most, asked.length - answered);
    const next = asked[answered];
    if (!next) continue;
    answered += 1;
    kernel.answer(next, { data: { received_bytes: 0 } });
  }
  await sending;
  expect(most).toBe(3);
});

it("stops sending when it is cancelled", async () => {
  const { kernel, channel } = open();
  const cancel = new AbortController();
  kernel.answers("upload_chunk", () => {
    cancel.abort();
    return { data: { received_bytes: 0 } };
  });
  const file = new File([content(50 * CHUNK)], "a.jpg");
  await expect(sendFile(channel, "u", file, () => {}, cancel.signal)).rejects.toThrow();
  expect(kernel.of("upload_chunk").length).toBeLessThanOrEqual(3);
});

it("puts a video together from its parts, whatever the buffers are cut from", async () => {
  const { kernel, channel, signal } = open();
  const whole = content(2500);
  kernel.answers("video", ({ offset }) => {
    const frame = new Uint8Array(9 + CHUNK);
    const part = whole.slice(offset as number, (offset as number) + CHUNK);
    frame.set(part, 9);
    return { data: { total_bytes: 2500 }, buffers: [new DataView(frame.buffer, 9, part.length)] };
  });
  const video = { video: 1, name: "a.mp4", size_bytes: 2500, duration_ms: 3000 };
  const shares: number[] = [];
  const blob = await fetchVideo(channel, video, (share) => shares.push(share), signal);
  expect(blob.type).toBe("video/mp4");
  expect(blob.size).toBe(2500);
  expect(shares).toEqual([0.4, 0.8, 1]);
});
