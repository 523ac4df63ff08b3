"""The words of every refused edit: what happened (en), what to do (en), both in Chinese."""

# ruff: noqa: RUF001 - the Chinese sentences use Chinese punctuation
from __future__ import annotations

from typing import Final

WORDS: Final = {
    "subtitle_file": (
        "{name} holds subtitles, not a picture or sound.",
        "Its cues are added as captions.",
        "{name} 是字幕文件，不是画面或声音。",
    ),
    "no_length": (
        "{name} has no length.",
        "Try another file.",
        "{name} 没有时长，换一个文件试试。",
    ),
    "no_cue": (
        "The subtitles hold no cue that fits the timeline.",
        "Check their times against the video.",
        "字幕里没有一条落在时间线内，请核对时间。",
    ),
    "no_beats": (
        "No music plays whose beats are known.",
        'Ask for music that the studio makes, for example "add upbeat music".',
        "没有能知道节拍的音乐，请先加由这里生成的音乐，例如：加欢快的音乐。",
    ),
    "canvas_size": (
        "{width}x{height} is no canvas.",
        "Each side can have {low} to {high} pixels, an even number of them.",
        "画布不能是 {width}x{height}：每边 {low} 到 {high} 像素，且为偶数。",
    ),
    "ratio": (
        "There is no canvas {ratio}.",
        "There are: {known}.",
        "没有 {ratio} 这种画幅，可选：{known}。",
    ),
    "volume": (
        "A volume of {percent}% is outside 0-100%.",
        "Give a volume up to 100%.",
        "音量 {percent}% 超出 0-100%。",
    ),
    "no_sound": (
        "There is no sound of that kind on the timeline.",
        "Upload a clip or a music file first.",
        "时间线上没有这种声音，请先上传。",
    ),
    "no_words": (
        "There are no words to show.",
        "Give them in quotes.",
        "没有要显示的文字，请放在引号里。",
    ),
    "empty": (
        "There is nothing on the timeline yet.",
        "Upload a photo or a clip first.",
        "时间线上还没有画面，请先上传照片或视频。",
    ),
    "text_range": (
        "{start}-{end} s lies outside the video, which is {last} s long.",
        "Give times inside it.",
        "{start}-{end} 秒超出了视频，视频长 {last} 秒。",
    ),
    "text_short": (
        "{length} s is too short to read.",
        "Give at least {least} s.",
        "{length} 秒太短，看不清，至少 {least} 秒。",
    ),
    "text_taken": (
        "“{text}” already stands there ({place}, {start}-{end} s).",
        "Change or remove it, or give another time or position.",
        "那里（{start}-{end} 秒）已经有“{text}”，请先修改或删除它，或换个时间、位置。",
    ),
    "text_gone": (
        "That text is not on the timeline any more.",
        "Look at session.timeline().captions.",
        "这段文字已经不在时间线上。",
    ),
    "size": (
        "Letters of {size} % of the picture are outside {low}-{high} %.",
        "Ask for a smaller step.",
        "字号 {size}% 超出 {low}-{high}%。",
    ),
    "cut_range": (
        "{start}-{end} s cannot be cut: the video is {last} s long.",
        "Give a range inside it.",
        "无法剪掉 {start}-{end} 秒：视频只有 {last} 秒。",
    ),
    "cut_all": (
        "Cutting {length} s would leave nothing of the {last} s.",
        "Cut less, or remove the clip.",
        "视频只有 {last} 秒，剪掉 {length} 秒就什么都不剩了。",
    ),
    "keep_range": (
        "{start}-{end} s cannot be kept: the video is {last} s long.",
        "Give a range inside it.",
        "无法保留 {start}-{end} 秒：视频只有 {last} 秒。",
    ),
    "no_clip": (
        "There is no clip whose speed could change.",
        'Photos take a length: "show each photo for 5 seconds".',
        "没有可以变速的视频片段；照片可以设时长：“每张照片显示5秒”。",
    ),
    "speed": (
        "A speed of {speed}x is outside {low}-{high}x.",
        "Ask for a speed inside it.",
        "速度 {speed} 倍超出 {low}-{high} 倍。",
    ),
    "no_photo": (
        "There is no photo on the timeline.",
        "Upload one first.",
        "时间线上没有照片，请先上传。",
    ),
    "photo_length": (
        "{length} s a photo is outside {low}-{high} s.",
        "Ask for a length inside it.",
        "每张照片 {length} 秒超出 {low}-{high} 秒。",
    ),
    "nothing_left": (
        "That would leave an empty timeline.",
        "Upload something else first, or undo.",
        "这样时间线就空了，请先上传别的素材。",
    ),
    "one_picture": (
        "A transition needs at least two pictures one after the other.",
        "Upload another photo or clip first.",
        "转场至少需要两个相邻的画面，请再上传一个。",
    ),
    "picture_gone": (
        "That picture is not on the timeline.",
        "Look at session.timeline().segments.",
        "时间线上没有这个画面。",
    ),
    "sound_gone": (
        "That sound is not on the timeline.",
        "Look at session.timeline().segments.",
        "时间线上没有这段声音。",
    ),
    "not_a_clip": (
        "Only clips can do that: a photo or a frozen frame does not move.",
        "Name a clip.",
        "只有视频片段可以这样做，照片和定格画面不会动。",
    ),
    "first_picture": (
        "A transition needs a picture before it.",
        "Name a later one.",
        "转场前面必须有另一个画面，请选后面的画面。",
    ),
    "transition_kind": (
        "There is no transition “{kind}”.",
        "There are: {known}.",
        "没有“{kind}”这种转场，可选：{known}。",
    ),
    "direction": (
        "“{kind}” cannot go {direction}.",
        "It can go: {known}.",
        "“{kind}”不能用方向 {direction}，可选：{known}。",
    ),
    "no_time": (
        "{length} s is no length.",
        "Give a time above 0.",
        "{length} 秒不是有效的时长，请给大于 0 的时间。",
    ),
    "no_moment": (
        "{at} s lies outside the pictures, which are {last} s long.",
        "Give a time inside them.",
        "{at} 秒超出了画面，画面长 {last} 秒。",
    ),
    "at_the_edge": (
        "At {at} s one picture ends and the next begins already.",
        "Give a time inside a picture.",
        "{at} 秒处本来就是两个画面的分界，请给画面内的时间。",
    ),
    "freeze_length": (
        "A freeze of {length} s is outside {low}-{high} s.",
        "Ask for a length inside it.",
        "定格 {length} 秒超出 {low}-{high} 秒。",
    ),
    "loop_short": (
        "{name} already lasts {now} s, longer than {length} s.",
        "Trim it, or ask for a longer time.",
        "{name} 已经有 {now} 秒，比 {length} 秒长，请裁剪或给更长的时间。",
    ),
    "loop_long": (
        "A loop of {length} s is longer than {high} s.",
        "Ask for less.",
        "循环 {length} 秒超过了 {high} 秒。",
    ),
    "copies": (
        "{times} copies are outside 1-{high}.",
        "Ask for fewer.",
        "复制 {times} 份超出 1-{high}。",
    ),
    "no_place": (
        "There is no place {place} among {count} pictures.",
        "Give a place from 1 to {count}.",
        "一共 {count} 个画面，没有第 {place} 个位置。",
    ),
    "order": (
        "The new order must name each of the {count} pictures once.",
        "Name them all.",
        "新的顺序必须把 {count} 个画面各写一次。",
    ),
    "angle": (
        "{degrees} is no angle.",
        "Give degrees, such as 90.",
        "{degrees} 不是角度，请给度数，例如 90。",
    ),
    "choice": (
        "“{given}” is none of: {known}.",
        "Choose one of them.",
        "没有“{given}”，可选：{known}。",
    ),
    "crop": (
        "That part does not lie within the picture, or leaves less than {least} % of it.",
        "Give a part inside 0-100 %.",
        "裁剪范围超出画面，或剩下不到 {least}%，请给 0-100% 之内的范围。",
    ),
    "not_cropped": (
        "Nothing is cropped.",
        "There is nothing to take back.",
        "没有裁剪过，不需要还原。",
    ),
    "shape": (
        "{ratio} is no shape.",
        "Give two numbers such as 4:5.",
        "{ratio} 不是比例，请写成 4:5 这样。",
    ),
    "place": (
        "{x}, {y} lies outside the picture.",
        "Give percent from 0 to 100.",
        "位置 {x}, {y} 在画面之外，请用 0 到 100 的百分比。",
    ),
    "scale": (
        "A size of {percent} % is outside {low}-{high} %.",
        "Ask for a size inside it.",
        "大小 {percent}% 超出 {low}-{high}%。",
    ),
    "opacity": (
        "An opacity of {percent} % is outside 0-100 %.",
        "Ask for one inside it.",
        "不透明度 {percent}% 超出 0-100%。",
    ),
    "adjust_range": (
        "{name} {value} is outside {low} to {high}.",
        "Ask for an amount inside it.",
        "{name} {value} 超出 {low} 到 {high}。",
    ),
    "adjust_end": (
        "{name} is already at its end ({value}).",
        "It goes no further; undo takes it back.",
        "{name} 已经到头了（{value}），不能再调。",
    ),
    "color": (
        "“{color}” is no colour.",
        'Write it like "#ff8800".',
        "“{color}”不是颜色，请写成“#ff8800”这样。",
    ),
    "no_such_media": (
        "{name} is not a picture among the uploaded files.",
        "Upload it first.",
        "已上传的文件里没有画面 {name}，请先上传。",
    ),
    "no_background": (
        "No background was removed or replaced.",
        "There is nothing to bring back.",
        "没有换过背景，不需要恢复。",
    ),
    "no_look": (
        "Nothing about the look was changed.",
        "There is nothing to take back.",
        "画面没有调整过，不需要还原。",
    ),
    "zoom": (
        "A zoom of {zoom} is outside {low}-{high}.",
        "Ask for one inside it.",
        "缩放 {zoom} 倍超出 {low}-{high} 倍。",
    ),
    "fade": (
        "Fades of {length} s do not fit into {last} s.",
        "Ask for shorter ones.",
        "{length} 秒的淡入淡出放不进 {last} 秒，请缩短。",
    ),
    "no_music": (
        "There is no music on the timeline.",
        'Ask for some: "add lo-fi music".',
        "时间线上没有音乐，可以说“加一段轻音乐”。",
    ),
    "music_there": (
        "{name} already plays there.",
        "Ask to replace or to remove it.",
        "那里已经有音乐 {name}，请说替换或去掉它。",
    ),
    "music_word": (
        "“{given}” is no {what} of the studio's music.",
        "There are: {known}.",
        "没有“{given}”这种音乐（{what}），可选：{known}。",
    ),
    "bpm": (
        "{bpm} beats a minute are outside {low}-{high}.",
        "Ask for a tempo inside it.",
        "每分钟 {bpm} 拍超出 {low}-{high}。",
    ),
    "not_a_sound": (
        "{name} is no sound file.",
        "Upload an mp3, wav, m4a or aac file.",
        "{name} 不是声音文件，请上传 mp3、wav、m4a 或 aac。",
    ),
    "sound_range": (
        "{start}-{end} s lies outside the video, which is {last} s long.",
        "Give times inside it.",
        "{start}-{end} 秒超出了视频，视频长 {last} 秒。",
    ),
    "sound_short": (
        "{name} has {has} s from there, not {length} s.",
        "Ask for less of it.",
        "{name} 从那里起只有 {has} 秒，不够 {length} 秒。",
    ),
    "duck": (
        "Stepping back by {db} dB is outside 1-60 dB.",
        "12 dB is usual.",
        "压低 {db} 分贝超出 1-60 分贝，一般用 12。",
    ),
    "loudness": (
        "A loudness of {lufs} LUFS is outside {low} to {high}.",
        "-14 is usual, -23 is for television.",
        "响度 {lufs} LUFS 超出 {low} 到 {high}，一般用 -14。",
    ),
    "slideshow_count": (
        "A slideshow takes 1 to {most} pictures, not {count}.",
        "Choose fewer.",
        "幻灯片可以用 1 到 {most} 个画面，不能用 {count} 个。",
    ),
    "compare_count": (
        "A comparison takes 2 to {most} clips, not {count}.",
        "Name them.",
        "对比需要 2 到 {most} 个片段，现在是 {count} 个。",
    ),
    "no_overlay": (
        "There is no logo or picture in the picture.",
        "There is nothing to remove.",
        "画面上没有标志或画中画。",
    ),
}
