package story

import (
	"strings"
	"time"

	"backpack/ui"
)

// A Story is one page in one state.
type Story struct {
	Name string // unique and valid in a path: "badge/expired"
	Page ui.Page
}

// Now returns the time of all stories.
func Now() time.Time { return time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC) }

// A book collects stories with the texts of a Renderer.
type book struct {
	r       *ui.Renderer
	stories []Story
}

// All returns all stories, grouped by page. Each call creates new pages, so the
// caller may change them.
func All(r *ui.Renderer) []Story {
	b := &book{r: r}
	b.home()
	b.account()
	b.settings()
	b.backpack()
	b.badge()
	b.issuer()
	b.imports()
	b.shares()
	b.shared()
	b.verify()
	b.tables()
	return b.stories
}

// Find returns the story with the given name.
func Find(r *ui.Renderer, name string) (Story, bool) {
	for _, s := range All(r) {
		if s.Name == name {
			return s, true
		}
	}
	return Story{}, false
}

func (b *book) add(name string, p ui.Page) { b.stories = append(b.stories, Story{name, p}) }

// mine returns the frame of a page with a session.
func mine(path, active string) ui.Chrome {
	return ui.Chrome{Path: path, Active: active, Name: "Amina Yusuf", SignedIn: true, FormToken: "STORYTOKEN", Version: "v1.0", Now: Now()}
}

// anyones returns the frame of a page without a session.
func anyones(path string) ui.Chrome { return ui.Chrome{Path: path, Version: "v1.0", Now: Now()} }

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 9, 0, 0, 0, time.UTC)
}

const (
	longWord   = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
	rightToLft = "شهادة إتمام دورة أساسيات النجارة"
)

func long(s string, n int) string { return strings.TrimSpace(strings.Repeat(s+" ", n)) }

// with returns c with a notice.
func with(c ui.Chrome, n ui.Notice) ui.Chrome {
	c.Notice = &n
	return c
}

// wrong returns c with an error in a form.
func wrong(c ui.Chrome, field, code string) ui.Chrome {
	c.Problems = append(c.Problems, ui.FieldError{Field: field, Code: code})
	return c
}
