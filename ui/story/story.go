package story

import (
	"strings"
	"time"

	"backpack/ui"
)

// A Story is one page in one state.
type Story struct {
	Name string // "badge/expired": unique, fit for a path
	Page ui.Page
}

// Now is the moment at which all stories take place.
func Now() time.Time { return time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC) }

// A book makes stories with the words of a Renderer.
type book struct {
	r       *ui.Renderer
	stories []Story
}

// All returns all stories, grouped by page. The pages are made anew at each
// call, so that a caller may change their Chrome.
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

// Find returns the story of that name.
func Find(r *ui.Renderer, name string) (Story, bool) {
	for _, s := range All(r) {
		if s.Name == name {
			return s, true
		}
	}
	return Story{}, false
}

func (b *book) add(name string, p ui.Page) { b.stories = append(b.stories, Story{name, p}) }

// mine is the frame of a signed-in learner's page.
func mine(path, active string) ui.Chrome {
	return ui.Chrome{Path: path, Active: active, Name: "Amina Yusuf", SignedIn: true, FormToken: "STORYTOKEN", Version: "v1.0", Now: Now()}
}

// anyones is the frame of a stranger's page.
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

// wrong returns c with a mistake in a form.
func wrong(c ui.Chrome, field, code string) ui.Chrome {
	c.Problems = append(c.Problems, ui.FieldError{Field: field, Code: code})
	return c
}
