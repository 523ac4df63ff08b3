import { describe, expect, it } from "vitest";
import { markdown } from "../src/markdown";

function html(source: string): HTMLElement {
  const host = document.createElement("div");
  host.append(markdown(source));
  return host;
}

it("renders what a reply is made of", () => {
  const host = html(
    "**Title** added:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`code`",
  );
  expect(host.querySelector("strong")?.textContent).toBe("Title");
  expect(host.querySelectorAll("li").length).toBe(2);
  expect(host.querySelectorAll("td").length).toBe(2);
  expect(host.querySelector("code")?.textContent).toBe("code");
});

it("opens links elsewhere, and tells the other side nothing", () => {
  const link = html("[Nemo](https://nemovideo.com/register)").querySelector("a");
  expect(link?.getAttribute("href")).toBe("https://nemovideo.com/register");
  expect(link?.getAttribute("rel")).toBe("noopener noreferrer");
  expect(link?.getAttribute("target")).toBe("_blank");
});

it("keeps the words of a picture and of a refused link", () => {
  expect(html("![a cat](https://x.test/cat.png)").textContent?.trim()).toBe("a cat");
  expect(html("[click](javascript:alert(1))").textContent?.trim()).toBe("click");
});

describe("nothing runs and nothing loads", () => {
  const ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.test/p.png)",
    '![x](x" onerror="alert(1))',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><use href='https://evil.test/#x'/></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='https://evil.test'></object>",
    "<embed src='https://evil.test'>",
    "<link rel=stylesheet href='https://evil.test/x.css'>",
    "<style>@import 'https://evil.test/x.css'; * { background: url(https://evil.test) }</style>",
    "<p style='background:url(https://evil.test)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.test' onclick=alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<form action='https://evil.test'><input name=q><button>go</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video src='https://evil.test/v.mp4' onloadstart=alert(1)></video>",
    "<audio src='https://evil.test/a.mp3' autoplay></audio>",
    "<body onload=alert(1)>",
    "<base href='https://evil.test/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.test'>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b title='x' onmouseover='alert(1)'>x</b>",
    "<table background='https://evil.test/b.png'><tr><td>x</td></tr></table>",
    "<li id=nmp-live class=nmp-button>x</li>",
    "```html\n<img src=x onerror=alert(1)>\n```",
    "`<script>alert(1)</script>`",
    "<div data-lm-suppress-shortcuts='x'>x</div>",
  ];
  const LOADING = ["src", "srcset", "srcdoc", "data", "background", "poster", "action", "style"];

  it.each(ATTACKS)("%s", (source) => {
    const host = html(source);
    expect(
      host.querySelector(
        "script,img,svg,math,iframe,object,embed,link,style,form,input,video,audio,base,meta,template",
      ),
    ).toBeNull();
    for (const element of host.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^data-|^id$|^class$/);
        expect(LOADING).not.toContain(name);
        if (name === "href") expect(value).toMatch(/^https?:/);
      }
    }
  });
});
