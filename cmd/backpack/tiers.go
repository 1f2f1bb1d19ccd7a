package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A keeping says which backups to keep: a number of the newest, or the newest
// of each of the last days, weeks, months and years that have one, in UTC.
type keeping struct{ newest, daily, weekly, monthly, yearly int }

// periods maps the words of a keeping to a function that distinguishes two
// periods.
var periods = []struct {
	word string
	of   func(*keeping) *int
	name func(time.Time) string
}{
	{"newest", func(k *keeping) *int { return &k.newest }, func(at time.Time) string { return at.Format(time.RFC3339) }},
	{"daily", func(k *keeping) *int { return &k.daily }, func(at time.Time) string { return at.Format("2006-01-02") }},
	{"weekly", func(k *keeping) *int { return &k.weekly }, func(at time.Time) string { y, w := at.ISOWeek(); return fmt.Sprint(y, "-", w) }},
	{"monthly", func(k *keeping) *int { return &k.monthly }, func(at time.Time) string { return at.Format("2006-01") }},
	{"yearly", func(k *keeping) *int { return &k.yearly }, func(at time.Time) string { return at.Format("2006") }},
}

// parseKeeping parses a number of newest backups, or several numbers with a
// word each, such as "7 daily, 4 weekly, 12 monthly".
func parseKeeping(s string) (k keeping, err error) {
	wrong := errors.New("must be a whole number from 1, or a scheme such as 7 daily, 4 weekly, 12 monthly (also newest, yearly)")
	if n, err := count(s); err == nil {
		return keeping{newest: n}, nil
	}
	for _, part := range strings.Split(s, ",") {
		number, word, _ := strings.Cut(strings.TrimSpace(part), " ")
		n, err := count(number)
		known := false
		for _, p := range periods {
			if p.word == strings.TrimSpace(word) && *p.of(&k) == 0 {
				*p.of(&k), known = n, true
			}
		}
		if err != nil || !known {
			return keeping{}, wrong
		}
	}
	return k, nil
}

// String returns a text that parseKeeping accepts.
func (k keeping) String() string {
	var parts []string
	for _, p := range periods {
		if n := *p.of(&k); n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// drop returns which of the backups made at these times, the oldest first, need
// not be kept. The newest is always kept.
func (k keeping) drop(made []time.Time) []time.Time {
	stay := map[time.Time]bool{}
	for _, p := range periods {
		left, last := *p.of(&k), ""
		for i := len(made) - 1; i >= 0 && left > 0; i-- {
			if name := p.name(made[i].UTC()); name != last {
				stay[made[i]], last = true, name
				left--
			}
		}
	}
	var out []time.Time
	for i, at := range made {
		if !stay[at] && i < len(made)-1 {
			out = append(out, at)
		}
	}
	return out
}
