import type { Lang } from "../shared/protocol";

const en = {
  timeline: "Timeline",
  widget: "Nemo timeline",
  position: "Position",
  nothingYet: "Nothing on the timeline yet",
  kinds: { video: "Video", audio: "Audio", text: "Text", other: "Other" },
  segments: (count: number) => (count === 1 ? "1 segment" : `${count} segments`),
  selected: (count: number) => (count === 1 ? "1 selected" : `${count} selected`),
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Fit",
  toSee: "zoom in to see them",
  editText: "Text of the segment",
  editKeys: "Enter saves, Esc cancels",
  notSaved: "The text was not changed.",
  pictureAt: (time: string) => `Picture at ${time}`,
  captions: (count: number) => (count === 1 ? "1 caption" : `${count} captions`),
  pickOne: "Click a segment to see it here, and in widget.selection.",
  several: (count: number, time: string) => `${count} segments, ${time} together`,
  lasts: (time: string) => `lasts ${time}`,
  copy: "This is a copy to look at. It is edited in the session’s panel.",
  connecting: "Waiting for the kernel…",
  asleep: "The kernel is not answering: it may be busy, asleep or gone.",
  restarted: "The kernel was restarted. Run the cell again.",
  reconnect: "Reconnect",
  stillGone: "Still no answer.",
  broken: "The timeline could not be drawn.",
};

export type Texts = typeof en;

const zh: Texts = {
  timeline: "时间线",
  widget: "Nemo 时间线",
  position: "位置",
  nothingYet: "时间线上还没有内容",
  kinds: { video: "视频", audio: "音频", text: "文字", other: "其他" },
  segments: (count) => `${count} 个片段`,
  selected: (count) => `已选 ${count} 个`,
  zoomIn: "放大",
  zoomOut: "缩小",
  fit: "适合宽度",
  toSee: "放大后可见",
  editText: "片段文字",
  editKeys: "Enter 保存，Esc 取消",
  notSaved: "文字没有修改。",
  pictureAt: (time) => `${time} 的画面`,
  captions: (count) => `${count} 条字幕`,
  pickOne: "点击片段可在此查看，也可用 widget.selection 读取。",
  several: (count, time) => `${count} 个片段，共 ${time}`,
  lasts: (time) => `时长 ${time}`,
  copy: "这是只读副本，可在会话面板中编辑。",
  connecting: "正在等待内核…",
  asleep: "内核没有响应：可能正忙、休眠或已停止。",
  restarted: "内核已重启。请重新运行该单元格。",
  reconnect: "重新连接",
  stillGone: "仍然没有响应。",
  broken: "时间线无法显示。",
};

export function textsIn(lang: Lang): Texts {
  return lang === "zh" ? zh : en;
}
