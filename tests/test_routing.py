# ruff: noqa: RUF001 - Chinese punctuation
"""One table: what the user writes, where it goes, with which arguments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.routing import route

EXPORT = [
    ("export", {}),
    ("Export.", {}),
    ("export it please", {}),
    ("please export", {}),
    ("export the video", {}),
    ("Export my final video now", {}),
    ("download", {}),
    ("download it", {}),
    ("Download the video, please!", {}),
    ("download the mp4", {"format": "mp4"}),
    ("can you export it?", {}),
    ("could you please export the video?", {}),
    ("can I download it?", {}),
    ("I'd like to export it", {}),
    ("I want to download the video", {}),
    ("ok, export it", {}),
    ("great, now export", {}),
    ("let's export", {}),
    ("start the export", {}),
    ("send me the video", {}),
    ("Send me the final video please", {}),
    ("give me the video", {}),
    ("get me the mp4", {}),
    ("send it to me", {}),
    ("export again", {}),
    ("export 1080p MP4", {"resolution": "1080p", "format": "mp4"}),
    ("export in 720p", {"resolution": "720p"}),
    ("export as mp4 in 4K", {"format": "mp4", "resolution": "2160p"}),
    ("export in full hd", {"resolution": "1080p"}),
    ("export 1920x1080", {"resolution": "1920x1080"}),
    ("export at 60 fps", {"fps": 60}),
    ("export at 1080p 30fps", {"resolution": "1080p", "fps": 30}),
    ("export high quality", {"quality": "high"}),
    ("export in low quality", {"quality": "low"}),
    ("download it in the best quality", {"quality": "high"}),
    ("export vertical", {"resolution": "1080x1920"}),
    ("export a vertical 720p version", {"resolution": "720x1280"}),
    ("export 9:16", {"resolution": "1080x1920"}),
    ("export a square video", {"resolution": "1080x1080"}),
    ("export landscape 720p", {"resolution": "1280x720"}),
    ("export to out.mp4", {"path": "out.mp4"}),
    ("export to ~/Desktop/Final.mp4", {"path": "~/Desktop/Final.mp4"}),
    ('export to "my clip.mp4"', {"path": "my clip.mp4"}),
    ("导出", {}),
    ("导出！", {}),
    ("请导出", {}),
    ("请帮我导出一下", {}),
    ("导出视频", {}),
    ("把视频导出", {}),
    ("可以导出吗？", {}),
    ("导出吧", {}),
    ("导出竖屏", {"resolution": "1080x1920"}),
    ("导出横屏视频", {"resolution": "1920x1080"}),
    ("导出1080p的MP4", {"resolution": "1080p", "format": "mp4"}),
    ("导出为mp4格式", {"format": "mp4"}),
    ("高清导出", {"resolution": "1080p"}),
    ("导出高质量视频", {"quality": "high"}),
    ("导出 30帧", {"fps": 30}),
    ("导出到 成片.mp4", {"path": "成片.mp4"}),
    ("下载", {}),
    ("下载视频", {}),
    ("把视频发给我", {}),
    ("发我视频", {}),
    ("匯出影片", {}),
]
CREDITS = [
    "credits",
    "Credits?",
    "my credits",
    "balance",
    "credit balance",
    "how many credits are left?",
    "how many credits do I have",
    "How many credits do I still have left?",
    "how much credit is left",
    "what's my balance?",
    "show my credits",
    "check the credit balance",
    "do I have any credits left?",
    "do we have enough credits?",
    "are there any credits left?",
    "tell me my remaining credits please",
    "积分",
    "余额",
    "我的积分",
    "还有多少积分？",
    "积分还剩多少",
    "查看余额",
    "查询一下我的积分",
    "剩余积分",
    "我还有多少积分",
    "积分余额",
    "積分",
]
STATUS = [
    "status",
    "Status?",
    "what's the status?",
    "show tracks",
    "show me the tracks",
    "show the timeline",
    "show me the timeline please",
    "list all tracks",
    "current state",
    "project status",
    "what is on the timeline?",
    "what's in the project",
    "timeline",
    "status of the export",
    "状态",
    "当前状态",
    "查看状态",
    "显示轨道",
    "看看时间线",
    "现在是什么状态？",
    "狀態",
]
UPLOAD = [
    ("upload", []),
    ("Upload a file", []),
    ("upload my photos", []),
    ("I want to upload a video", []),
    ("can I upload another clip?", []),
    ("how do I upload a file?", []),
    ("upload clip.mp4", ["clip.mp4"]),
    ("upload ~/videos/Clip.MP4 please", ["~/videos/Clip.MP4"]),
    ("upload ./a.jpg and b.png", ["./a.jpg", "b.png"]),
    ("upload a.jpg, b.jpg, c.jpg", ["a.jpg", "b.jpg", "c.jpg"]),
    ("upload photos/*.jpg", ["photos/*.jpg"]),
    ("upload https://example.com/v/a.mp4?x=1", ["https://example.com/v/a.mp4?x=1"]),
    ('upload "my holiday.mp4"', ["my holiday.mp4"]),
    ("upload my video clip.mp4", ["clip.mp4"]),
    ("上传", []),
    ("上传文件", []),
    ("我要上传一个视频", []),
    ("怎么上传？", []),
    ("上传clip.mp4", ["clip.mp4"]),
    ("上传 照片.jpg", ["照片.jpg"]),
    ("上傳檔案", []),
]
CHAT = [
    "add a downloadable badge",
    "the credits roll at the end",
    "download our app",
    "add the text download our app",
    "upload date in the corner",
    "add the upload date in the corner",
    'add a title "export"',
    '"export"',
    "“导出”",
    "add the caption 'download now'",
    "roll the credits at the end",
    "add end credits",
    "add credits for the director",
    "credits at the end for 3 seconds",
    "fix the white balance",
    "balance the audio",
    "balance the colours",
    "add a status bar",
    "show the timeline of the war",
    "make the tracks louder",
    "how do I export?",
    "don't export yet",
    "the export failed",
    "export only the first 5 seconds",
    "export the subtitles in French",
    "add music and export",
    "upload it to YouTube",
    "upload to tiktok",
    "use the uploaded photo",
    "exporting beans from Brazil, a documentary",
    "make a video about export taxes",
    "a downloader demo",
    "statuses of the statue",
    "I uploaded a clip",
    "trim the last 5 seconds",
    "make it vertical and export",
    "turn my photos into a slideshow video with transitions and music",
    "test two caption styles on my video and compare which performs better",
    "generate a caption for this photo and overlay it as a short video",
    "add a title 'Urban Dreams' for 3 seconds",
    "undo that",
    "hello",
    "please",
    "thanks!",
    "",
    "   ",
    "?",
    "export clip.mp4 photo.jpg",
    "添加标题“导出”",
    "加一个下载按钮的字幕",
    "字幕写上积分翻倍",
    "上传日期放在右下角",
    "不要导出",
    "在结尾加上下载我们的应用",
    "把状态栏去掉",
    "剪掉最后五秒",
    "好的",
]


@pytest.mark.parametrize(("text", "args"), EXPORT)
def test_requests_for_an_export(text, args):
    assert (route(text).action, route(text).args) == ("export", args)


@pytest.mark.parametrize("text", CREDITS)
def test_requests_for_the_credits(text):
    assert (route(text).action, route(text).args) == ("credits", {})


@pytest.mark.parametrize("text", STATUS)
def test_requests_for_the_status(text):
    assert (route(text).action, route(text).args) == ("status", {})


@pytest.mark.parametrize(("text", "paths"), UPLOAD)
def test_requests_for_an_upload(text, paths):
    assert (route(text).action, route(text).args) == ("upload", {"paths": paths} if paths else {})


@pytest.mark.parametrize("text", CHAT)
def test_everything_else_goes_to_the_agent(text):
    assert (route(text).action, route(text).args) == ("chat", {})


@settings(deadline=None)
@given(st.text())
def test_any_text_goes_somewhere(text):
    assert route(text).action in ("chat", "export", "credits", "status", "upload")


@settings(deadline=None)
@given(st.sampled_from([text for text, _ in EXPORT] + CREDITS + STATUS))
def test_a_request_inside_quotes_is_content(text):
    assert route(f'add the caption "{text}"').action == "chat"
    assert route(f"添加字幕“{text}”").action == "chat"
