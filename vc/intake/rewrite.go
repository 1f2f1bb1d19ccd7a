package intake

import (
	"net/url"
	"regexp"
	"strings"
)

// A platform maps the addresses of its badge pages to those of their JSON.
type platform struct {
	host *regexp.Regexp
	path *regexp.Regexp
	to   func(u *url.URL, host, path []string) string
}

// platforms lists the known platforms. No requests are sent to them here (specs B6.2
// to B6.4).
var platforms = []platform{
	{ // Credly: single badges only, never lists.
		regexp.MustCompile(`^(?:www\.)?(?:credly|youracclaim)\.com$`),
		regexp.MustCompile(`^/(?:badges|earner/earned/badge)/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:/.*)?$`),
		func(_ *url.URL, _, path []string) string {
			return "https://api.credly.com/v1/obi/v2/badge_assertions/" + strings.ToLower(path[1])
		},
	},
	{ // Badgr and its successors. Without the suffix the server returns a page.
		regexp.MustCompile(`^(?:(?:api|app|www)\.)?(?:(eu|au|ca|sg)\.)?(?:badgr\.(?:io|com)|badges\.parchment\.com)$`),
		regexp.MustCompile(`^/public/assertions/([A-Za-z0-9_-]+)(?:/[^/]*)?$`),
		func(_ *url.URL, host, path []string) string {
			region := host[1]
			if region != "" {
				region += "."
			}
			return "https://api." + region + "badgr.io/public/assertions/" + path[1] + ".json?v=2_0"
		},
	},
	{ // Moodle, on any host and under any path.
		regexp.MustCompile(`.`),
		regexp.MustCompile(`^(.*)/badges/badge\.php$`),
		func(u *url.URL, _, path []string) string {
			hash := u.Query().Get("hash")
			if hash == "" {
				return ""
			}
			return "https://" + u.Host + path[1] + "/badges/assertion.php?b=" + url.QueryEscape(hash) + "&obversion=2"
		},
	},
}

// RewriteURL returns the address of the JSON for the address of a badge page on a
// known platform. It returns any other address unchanged, apart from changing http to
// https. It is idempotent.
func RewriteURL(s string) string {
	s = upgrade(s)
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	for _, pl := range platforms {
		host, path := pl.host.FindStringSubmatch(strings.ToLower(u.Host)), pl.path.FindStringSubmatch(u.EscapedPath())
		if host == nil || path == nil {
			continue
		}
		if to := pl.to(u, host, path); to != "" {
			return to
		}
	}
	return s
}

// upgrade changes an http address to https, as nothing else is fetched.
func upgrade(s string) string {
	switch {
	case hasPrefixFold(s, "http://"):
		return "https://" + s[len("http://"):]
	case hasPrefixFold(s, "https://"):
		return "https://" + s[len("https://"):]
	}
	return s
}
