package server

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
	"backpack/wallet/storage"
)

// A visitor is the client of a request; session is nil without an account.
type visitor struct {
	session *wallet.Session
	token   string
	account *wallet.Account
}

func (v *visitor) id() storage.AccountID { return v.session.Account }

const visitorKey = "visitor"

func visitorOf(c *fiber.Ctx) *visitor {
	if v, ok := c.Locals(visitorKey).(*visitor); ok {
		return v
	}
	return &visitor{}
}

// reads reports whether the request changes nothing.
func reads(c *fiber.Ctx) bool {
	m := c.Method()
	return m == fiber.MethodGet || m == fiber.MethodHead
}

// formTokenOf returns the token in the form, or in the header that scripts send.
func formTokenOf(c *fiber.Ctx) string {
	if t := c.Get("X-Form-Token"); t != "" {
		return t
	}
	return field(c, "csrf", 100)
}

// formToken returns the token of the forms of a session. It is derived from the
// session's secret, which no other site knows.
func formToken(session string) string {
	if session == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("backpack form\x00" + session))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])
}

// device names the browser and the system in a request, as far as it states them.
func device(c *fiber.Ctx) string {
	agent := c.Get(fiber.HeaderUserAgent)
	find := func(names ...string) string {
		for _, n := range names {
			key, label, _ := strings.Cut(n, "=")
			if strings.Contains(agent, key) {
				if label == "" {
					label = key
				}
				return label
			}
		}
		return ""
	}
	browser := find("Edg/=Edge", "Firefox", "Chrome", "Safari")
	system := find("Android", "iPhone", "iPad", "Windows", "Mac OS=Mac", "CrOS=ChromeOS", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	}
	return system
}
