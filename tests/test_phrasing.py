# ruff: noqa: RUF001 - Chinese punctuation
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.phrasing import Ask, progress_line, read, rephrase
from nemo_nb.wire.events import Heartbeat, TextDelta, Thought, ToolCall, ToolResult

EXPORT = Ask("export", "export")

GUI = [
    (
        "Done! You can click the Export button in the top-right corner to download your video.",
        "Done! You can use `session.export()` to download your video.",
        [EXPORT],
    ),
    ('Click "Export" to download.', "Use `session.export()` to download.", [EXPORT]),
    ("Click **Export** when ready.", "Use `session.export()` when ready.", [EXPORT]),
    ("Use the Download button below.", "Use `session.export()`.", [EXPORT]),
    (
        "Get it by clicking on the Export button.",
        "Get it by using `session.export()`.",
        [EXPORT],
    ),
    (
        "Open the timeline panel to see the tracks.",
        "Look at `session.timeline()` to see the tracks.",
        [Ask("state")],
    ),
    (
        "Go to the Media tab to see your files.",
        "Look at `session.timeline()` to see your files.",
        [Ask("state")],
    ),
    (
        "You can preview the result in the timeline.",
        "You can see the tracks in `session.timeline()`.",
        [Ask("summary")],
    ),
    ("Please check your account page.", "Please check `session.credits()`.", [Ask("credits")]),
    ("Check billing first.", "Check `session.credits()` first.", [Ask("credits")]),
    (
        "You can drag the title to the end of the timeline.",
        "You can ask me to move the title to the end of the timeline.",
        [Ask("edit", "move the title to the end of the timeline")],
    ),
    (
        "Drag your photos here to begin.",
        'Hand it over with `session.upload("file")` to begin.',
        [Ask("upload")],
    ),
    (
        "Click the Generate button to start.",
        "Say “Generate” to start.",
        [Ask("edit", "Generate")],
    ),
    (
        "点击右上角的“导出”按钮即可下载视频。",
        "使用 `session.export()` 即可下载视频。",
        [EXPORT],
    ),
    ("请点击导出按钮。", "请使用 `session.export()`。", [EXPORT]),
    ("请打开时间线面板。", "请查看 `session.timeline()`。", [Ask("state")]),
    (
        "您可以将标题拖拽到结尾。",
        "您可以让我把标题移到结尾。",
        [Ask("edit", "把标题移到结尾")],
    ),
    (
        "可以在时间线中预览效果。",
        "可以用 `session.timeline()` 查看各轨道。",
        [Ask("summary")],
    ),
    ("请查看您的账户余额。", "请用 `session.credits()` 查看余额。", [Ask("credits")]),
    (
        "Your video is ready! Click the Export button in the top right corner to download it.",
        "Your video is ready! Use `session.export()` to download it.",
        [EXPORT],
    ),
    (
        "You can click **Export** to save your video.",
        "You can use `session.export()` to save your video.",
        [EXPORT],
    ),
    (
        "Click 'Export' when you're happy with it.",
        "Use `session.export()` when you're happy with it.",
        [EXPORT],
    ),
    ('Click on the "Download" button below.', "Use `session.export()`.", [EXPORT]),
    ("Tap the share icon.", "Use `session.export()`.", [EXPORT]),
    (
        "Please open the timeline panel to see the tracks.",
        "Please look at `session.timeline()` to see the tracks.",
        [Ask("state")],
    ),
    (
        "Open your media library and drag the clip onto the timeline.",
        "Look at `session.timeline()` and ask me to move the clip onto the timeline.",
        [Ask("state"), Ask("edit", "move the clip onto the timeline")],
    ),
    (
        "Drag the title to the end of the video.",
        "Ask me to move the title to the end of the video.",
        [Ask("edit", "move the title to the end of the video")],
    ),
    (
        "You can drag and drop your photos here.",
        'You can hand it over with `session.upload("file")`.',
        [Ask("upload")],
    ),
    ("Preview it in the timeline.", "See the tracks in `session.timeline()`.", [Ask("summary")]),
    (
        "Please check your account or billing page.",
        "Please check `session.credits()`.",
        [Ask("credits")],
    ),
    (
        "Go to your account settings to see the credits.",
        "Check `session.credits()` to see the credits.",
        [Ask("credits")],
    ),
    ("You can find the Export button at the top.", "You can use `session.export()`.", [EXPORT]),
    ("Click Generate to start.", "Say “Generate” to start.", [Ask("edit", "Generate")]),
    (
        "Clicking Export will render your video.",
        "Using `session.export()` will render your video.",
        [EXPORT],
    ),
    ("Then click Apply.", "Then say “Apply”.", [Ask("edit", "Apply")]),
    ("Navigate to the Export tab", "Use `session.export()`", [EXPORT]),
    ("Check your balance in the top right", "Check `session.credits()`", [Ask("credits")]),
    ("点击“导出”按钮下载视频。", "使用 `session.export()` 下载视频。", [EXPORT]),
    ("请点击右上角的导出按钮。", "请使用 `session.export()`。", [EXPORT]),
    ("点击导出即可。", "使用 `session.export()` 即可。", [EXPORT]),
    ("打开时间线面板查看轨道。", "查看 `session.timeline()`。", [Ask("state")]),
    ("将标题拖拽到视频末尾。", "让我把标题移到视频末尾。", [Ask("edit", "把标题移到视频末尾")]),
    ("把照片拖到这里。", '用 `session.upload("file")` 交给我。', [Ask("upload")]),
    ("您可以在时间线中预览效果。", "您可以用 `session.timeline()` 查看各轨道。", [Ask("summary")]),
    ("请前往账户页面查看余额。", "请用 `session.credits()` 查看余额。", [Ask("credits")]),
    ("点击预览按钮", "使用 `session.timeline()`", [Ask("summary")]),
    ("单击“播放”", "使用 `session.timeline()`", [Ask("summary")]),
    (
        "打开素材库，将视频拖入时间线。",
        "查看 `session.timeline()`，让我把视频移到时间线。",
        [Ask("state"), Ask("edit", "把视频移到时间线")],
    ),
    (
        "You can preview in timeline.",
        "You can see the tracks in `session.timeline()`.",
        [Ask("summary")],
    ),
    (
        "Please check account/billing to top up.",
        "Please check `session.credits()` to top up.",
        [Ask("credits")],
    ),
    ("Check your account balance.", "Check `session.credits()`.", [Ask("credits")]),
    ("The Export button is at the top right.", "`session.export()` does it.", [EXPORT]),
    (
        'When done, the "Export" button is for you.',
        "When done, `session.export()` does it.",
        [EXPORT],
    ),
    (
        "Go to Settings > Account to see your credits.",
        "Check `session.credits()`.",
        [Ask("credits")],
    ),
    ("Open File > Export.", "Use `session.export()`.", [EXPORT]),
    (
        "Double-click the title to edit it.",
        "Ask me to edit the title.",
        [Ask("edit", "edit the title")],
    ),
    ("Click the clip on the timeline.", "Tell me what to do with the clip.", []),
    ("Click the video to play it.", "See the tracks in `session.timeline()`.", [Ask("summary")]),
    ("Then click Delete.", "Then say “Delete”.", [Ask("edit", "Delete")]),
    ("导出按钮在右上角。", "用 `session.export()` 即可。", [EXPORT]),
    ("使用导出按钮导出视频。", "使用 `session.export()` 导出视频。", [EXPORT]),
    ("打开导出窗口。", "使用 `session.export()`。", [EXPORT]),
    ("请查看账户/账单。", "请用 `session.credits()` 查看余额。", [Ask("credits")]),
    ("前往账户页面充值。", "用 `session.credits()` 查看余额，再充值。", [Ask("credits")]),
    ("双击标题进行编辑。", "让我编辑标题。", [Ask("edit", "编辑标题")]),
    ("点击片段。", "告诉我片段要怎么改。", []),
    ("在预览窗口查看效果。", "用 `session.timeline()` 查看各轨道。", [Ask("summary")]),
]

CONTENT = [
    'I added the caption "Click here to subscribe".',
    "Click here to subscribe",
    "I added the caption 'Click the Export button'.",
    "字幕“点击导出按钮”已添加。",
    "The caption says: Click the Subscribe button.",
    "The video opens with a wide shot, then a drag race at noon.",
    "The cat opens the box.",
    "Press play on life.",
    "I select the best clip and add Hey Jude.",
    "Use `click the Export button` as text.",
    "See [click the Export button](https://example.com/open-the-panel).",
    "```\nclick the Export button\n```",
    "I moved the title to the end.",
    "The export costs nothing.",
    "",
    "I added the caption “Click here to subscribe”.",
    "Added the title 'Open your heart'.",
    "I wrote Click Subscribe at the end.",
    "The text says: press play on tape.",
    "I'll select the best clip for you.",
    "Hit the gym footage is trimmed.",
    "Select a style and I will apply it.",
    "See `Export` in the docs: [click here](https://x/export).",
    "```\nclick Export\n```",
    "Click the thumbnail to play",
    "Press the space bar to play",
    "You can download the video from the project page.",
    "Upgrade your plan in billing.",
    "我加上了字幕“点击这里订阅”。",
    "点击订阅我的频道",
    "字幕写着：打开你的心",
    "视频已导出，请查收",
    "打开窗户的镜头已剪掉",
    "I made an export button sticker.",
    "I made the Play button bigger.",
    "The Download button is red now.",
    "I added the Download button of your app at the end.",
    "我给视频加了一个播放按钮。",
    "已添加一个导出按钮贴纸。",
    "播放按钮在画面中央。",
    "Click the button below to upgrade.",
    "Double-click the title to subscribe",
    "Click the video below to like it",
    "点击视频下方的链接",
]


@pytest.mark.parametrize(("said", "ours", "asks"), GUI)
def test_gui_talk_becomes_our_words(said, ours, asks):
    assert read(said).text == ours
    assert list(read(said).asks) == asks


@pytest.mark.parametrize("said", CONTENT)
def test_what_is_said_of_the_content_stays(said):
    assert read(said).text == said
    assert read(said).asks == ()


def test_the_rest_of_the_reply_stays():
    said = 'Added "Urban Dreams" (0-3 s).\n\n- **Click Export** to save\n- 100% done'
    assert rephrase(said) == (
        'Added "Urban Dreams" (0-3 s).\n\n- **Use `session.export()`** to save\n- 100% done'
    )


def test_each_ask_is_told_once():
    asks = read("Click Export now. Click the Export button again. Open the media panel.").asks
    assert asks == (EXPORT, Ask("state"))


@settings(deadline=None)
@given(st.text())
def test_any_text_passes(text):
    assert isinstance(rephrase(text, "zh"), str)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\"'`“”‘’\ue100\ue101"), max_size=40))
def test_quoted_text_is_never_touched(text):
    quoted = '"' + text.replace("\n", " ") + '"'
    assert quoted in rephrase(f"I added {quoted} as a caption.")


@pytest.mark.parametrize(
    ("event", "english", "chinese"),
    [
        (Heartbeat(), "⏳ Still working...", "⏳ 仍在处理..."),
        (Thought("hm"), "Thinking…", "思考中…"),
        (ToolCall("1", "add_text_track", {}), "Adding text…", "正在添加文字…"),
        (ToolCall("1", "addCaption", {}), "Adding captions…", "正在添加字幕…"),
        (ToolCall("1", "trim_clip", {}), "Trimming…", "正在剪辑…"),
        (ToolCall("1", "remove_text", {}), "Removing…", "正在删除…"),
        (ToolCall("1", "removeBackground", {}), "Removing the background…", "正在去除背景…"),
        (ToolCall("1", "restyle_text", {}), "Styling the text…", "正在设置文字样式…"),
        (ToolCall("1", "frobnicate", {}), "Working: frobnicate…", "处理中：frobnicate…"),
        (ToolCall("1", "", {}), "Working…", "处理中…"),
        (TextDelta("hi", "a"), "", ""),
        (ToolResult("1", "trim_clip", {}), "", ""),
    ],
)
def test_progress_lines(event, english, chinese):
    assert progress_line(event) == english
    assert progress_line(event, "zh") == chinese


def test_a_generation_is_told_in_two_stages():
    assert "raw video" in progress_line(ToolCall("1", "generate_video", {}))
    assert "adding music" in progress_line(ToolResult("1", "generate_video", {}))


def test_a_text_that_grows_reads_the_same_as_the_whole():
    said = 'Done.\n\nClick the Export button now.\n- "Click the Play button" stays\n'
    code = said + "```\nClick the Export button\n\nand again\n```\nOpen the media panel."
    for text in (said, code):
        for end in range(len(text) + 1):
            assert rephrase(text[:end]) == read(text[:end]).text
