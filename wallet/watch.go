package wallet

import (
	"time"

	"backpack/vc"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// How long a badge may go without a re-check.
const (
	recheckWeekly = 7 * 24 * time.Hour
	recheckDaily  = 24 * time.Hour // while it is shown to somebody, or its issuer is silent
	recheckOften  = 6 * time.Hour  // at most, however short the lists are good for
	soon          = 10 * time.Minute
)

// silentLong is how long an issuer may be silent before the learner is told:
// servers are repaired, and moved.
const silentLong = 14 * 24 * time.Hour

// stages are the steps towards the end of a badge, in their order.
var stages = [...]struct {
	before time.Duration
	notice string
}{{30 * 24 * time.Hour, event.NoticeSoon}, {7 * 24 * time.Hour, event.NoticeVerySoon}, {0, event.NoticeExpired}}

// A Watch is what the watch over a badge remembers.
type Watch struct {
	Until       time.Time // the expiry date that Stage is about
	Stage       int       // how many stages were told, or stood at the import
	SilentSince time.Time // of the first check in a row that the issuer did not answer
	SilentTold  bool
}

// recheckAfter returns when to look again: when a date comes near, sooner when
// the badge is shown, and never for many badges at the same moment.
func (w *Wallet) recheckAfter(e *Entry, shown bool) time.Duration {
	d := recheckWeekly
	switch {
	case shown:
		d = recheckDaily
		if e.Report != nil && !e.Report.StatusUntil.IsZero() { // a list that holds for less is looked at sooner
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

// noteVerdict writes what a check found into the entry, keeps what it was
// given, and tells the learner. That nothing could be found out never hides
// that a badge was taken back, nor that it held once.
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

// doubt says why a badge that held before does not now, when it need not be
// the badge's fault: "" when there is no such reason.
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

// silence says whether all that could not be found out is what somebody did
// not answer.
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

// noteGood remembers when the badge held last, for as long as that is in doubt.
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

// noteSilence remembers since when nobody answers, and tells of it once when
// that has lasted long.
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

// changeNotice returns what to tell of a change of verdict; "" for one that
// asks nothing of the learner, or that another notice is about.
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
	case now == vc.Expired, now.Stands(), why != "": // the dates tell, nothing is wrong, or it is silence
		return ""
	}
	return event.NoticeChanged
}

// noteDates tells that a badge expires soon, or has expired.
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

// nextStage returns the stage that the badge is in, and forgets what was told
// of another expiry date.
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

// beginWatch notes how things stand at the import: of what the learner sees
// there, nothing is told again.
func (e *Entry) beginWatch(now time.Time) { e.Watch.Stage = e.nextStage(now) }

// notice records a notice about a badge.
func (w *Wallet) notice(tx storage.Tx, v *vault.Vault, e *Entry, code string) error {
	return w.events.Notice(tx, v, event.Event{Code: code, Entry: e.ID, Text: e.Summary.Title, Until: e.Summary.ValidUntil})
}
