package wallet

import (
	"time"

	"backpack/vc"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// The longest time until a badge is checked again.
const (
	recheckWeekly = 7 * 24 * time.Hour
	recheckDaily  = 24 * time.Hour   // while it is shared, or its issuer does not respond
	recheckOften  = 6 * time.Hour    // the least, while it is shared with a short-lived status list
	soon          = 10 * time.Minute // after sharing it with an old result
)

// silentLong is how long an issuer may fail to respond before the learner gets a
// notice. It leaves time to repair or move a server.
const silentLong = 14 * 24 * time.Hour

// stages are the notices before and at the expiry of a badge, in order of time.
var stages = [...]struct {
	before time.Duration
	notice string
}{{30 * 24 * time.Hour, event.NoticeSoon}, {7 * 24 * time.Hour, event.NoticeVerySoon}, {0, event.NoticeExpired}}

// A Watch is the state of the watch over a badge.
type Watch struct {
	Until       time.Time // the expiry date that Stage refers to
	Stage       int       // how many stages have a notice, or had passed at the import
	SilentSince time.Time // the first of the checks in a row without a response; zero if the issuer responds
	SilentTold  bool      // the learner has the notice about it
}

// recheckAfter returns the time until the next check: shorter if a date comes near
// or the badge is shared, and spread so that many badges do not fall due at once.
func (w *Wallet) recheckAfter(e *Entry, shown bool) time.Duration {
	d := recheckWeekly
	switch {
	case shown:
		d = recheckDaily
		if e.Report != nil && !e.Report.StatusUntil.IsZero() { // follow a status list that is valid for less than a day
			d = min(d, max(e.Report.StatusUntil.Sub(w.now()), recheckOften))
		}
	case !e.Watch.SilentSince.IsZero():
		d = recheckDaily
	}
	spread := d / 8
	for _, s := range stages {
		until := e.Summary.ValidUntil
		if left := until.Sub(w.now()) - s.before + time.Minute; !until.IsZero() && left > 0 && left < d {
			d, spread = left, min(spread, time.Hour)
		}
	}
	return d + w.jitter(spread)
}

// noteVerdict writes the result of a check into the entry, keeps its check record,
// and gives the learner a notice of a change. An undetermined result never hides
// that a badge was revoked or suspended, or that it was once valid.
func (w *Wallet) noteVerdict(tx storage.Tx, v *vault.Vault, e *Entry, r *vc.Report, s *snapshot) error {
	before, err := w.noteKept(tx, v, e.ID, s)
	if err != nil {
		return err
	}
	why, was := doubt(r, s, before), e.Verdict
	if err := w.noteSilence(tx, v, e, r.At, why); err != nil {
		return err
	}
	if s.Verdict == vc.Undetermined && takenBack(was) {
		return nil
	}
	e.Summary.Sample = e.Summary.Sample || r.Sample
	e.noteGood(r, why, before)
	carryResources(e.Report, r)
	e.Report, e.Verdict, e.CheckedAt, e.Keys = r, s.Verdict, r.At, seen(e.Keys, r)
	if was == s.Verdict {
		return nil
	}
	e.History = append(e.History, Change{At: r.At, From: was, To: s.Verdict})
	if n := len(e.History); n > 100 {
		e.History = e.History[n-100:]
	}
	if code := changeNotice(was, s.Verdict, why); code != "" {
		return w.notice(tx, v, e, code)
	}
	return nil
}

// doubt returns one of the Why constants if the check may have failed through no
// fault of the badge, else "".
func doubt(r *vc.Report, s *snapshot, before *keptRecord) string {
	switch s.Verdict {
	case vc.Undetermined:
		return silence(r)
	case vc.Invalid:
		failed := r.Check(vc.CheckProof).Outcome == vc.Failed || r.Check(vc.CheckIssuer).Outcome == vc.Failed
		if failed && before.good() != nil && before.keyChanged(s.Material) {
			return inspect.WhyKey
		}
	}
	return ""
}

// silence returns WhyGone or WhySilent if missing responses explain every unknown
// check, else "".
func silence(r *vc.Report) (why string) {
	for _, c := range r.Checks {
		switch {
		case c.Outcome != vc.Unknown || c.Reason == vc.ReasonNotRun || c.ID == vc.CheckRefresh || c.ID == vc.CheckEndorsement:
		case c.Reason == vc.ReasonHostedGone:
			why = inspect.WhyGone
		case !c.Reason.Silent() && c.Reason != vc.ReasonStatusGone:
			return ""
		case why == "":
			why = inspect.WhySilent
		}
	}
	return why
}

// noteGood keeps the last valid result for as long as the badge is in doubt.
func (e *Entry) noteGood(r *vc.Report, why string, before *keptRecord) {
	switch {
	case why == "":
		e.LastGood = nil
	case e.LastGood != nil:
		e.LastGood.Why = why
	case e.Verdict.Stands() && before.good() != nil:
		e.LastGood = &inspect.LastGood{At: e.CheckedAt, Report: e.Report, Why: why, Since: r.At}
	}
}

// noteSilence records since when the issuer does not respond, and gives one notice
// once that has lasted for silentLong.
func (w *Wallet) noteSilence(tx storage.Tx, v *vault.Vault, e *Entry, at time.Time, why string) error {
	x := &e.Watch
	switch {
	case why != inspect.WhySilent && why != inspect.WhyGone:
		x.SilentSince, x.SilentTold = time.Time{}, false
	case x.SilentSince.IsZero():
		x.SilentSince = at
	case !x.SilentTold && at.Sub(x.SilentSince) >= silentLong:
		x.SilentTold = true
		return w.notice(tx, v, e, event.NoticeSilent)
	}
	return nil
}

// changeNotice returns the notice for a change of verdict. It returns "" for a
// change that needs no action by the learner or that another notice covers.
func changeNotice(was, now vc.Verdict, why string) string {
	switch {
	case now == vc.Revoked:
		return event.NoticeRevoked
	case now == vc.Suspended:
		return event.NoticeSuspended
	case takenBack(was) && (now.Stands() || now == vc.NotYetValid):
		return event.NoticeReinstated
	case why == inspect.WhyKey:
		return event.NoticeKey
	case now == vc.Expired, now.Stands(), why != "": // noteDates covers it, nothing is wrong, or noteSilence covers it
		return ""
	}
	return event.NoticeChanged
}

// noteDates gives a notice that a badge expires soon or has expired.
func (w *Wallet) noteDates(tx storage.Tx, v *vault.Vault, e *Entry) error {
	stage := e.nextStage(w.now())
	if stage <= e.Watch.Stage {
		return nil
	}
	e.Watch.Stage = stage
	if takenBack(e.Verdict) || e.Verdict == vc.Invalid {
		return nil
	}
	return w.notice(tx, v, e, stages[stage-1].notice)
}

// nextStage returns how many stages the badge has reached. It resets the watch if
// the expiry date has changed.
func (e *Entry) nextStage(now time.Time) int {
	until := e.Summary.ValidUntil
	if !e.Watch.Until.Equal(until) {
		e.Watch.Until, e.Watch.Stage = until, 0
	}
	if until.IsZero() {
		return 0
	}
	for i := len(stages); i > 0; i-- {
		if !now.Add(stages[i-1].before).Before(until) {
			return i
		}
	}
	return 0
}

// beginWatch records the stage at the import, so the learner gets no notice of
// what the import page shows.
func (e *Entry) beginWatch(now time.Time) { e.Watch.Stage = e.nextStage(now) }

// notice records a notice about a badge.
func (w *Wallet) notice(tx storage.Tx, v *vault.Vault, e *Entry, code string) error {
	return w.events.Notice(tx, v, event.Event{Code: code, Entry: e.ID, Text: e.Summary.Title, Until: e.Summary.ValidUntil})
}
