package wallet

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/kept"
	"backpack/wallet/storage"
)

// maxEvidence bounds the bytes of one evidence file; what is beyond it is named
// with its digest alone.
const maxEvidence = 64 << 20

// Evidence returns the evidence of the latest check of a badge that came to a
// verdict, or, when that is in doubt since, of the latest one that it held in:
// a ZIP file as package vc/kept describes it.
func (w *Wallet) Evidence(ctx context.Context, a storage.AccountID, id string) ([]byte, error) {
	return w.evidence(ctx, a, []string{id}, false)
}

// SharedEvidence is Evidence for one badge of a show that was opened, or for
// all when entry is "".
func (w *Wallet) SharedEvidence(ctx context.Context, token, grant, entry string) ([]byte, error) {
	a, s, err := w.admitted(ctx, token, grant)
	switch {
	case err != nil:
		return nil, err
	case entry == "":
		return w.evidence(ctx, a, s.Entries, true)
	case !slices.Contains(s.Entries, entry):
		return nil, errShareGone()
	}
	return w.evidence(ctx, a, []string{entry}, true)
}

// evidence writes the evidence of badges; for others nothing in it is the
// learner's alone.
func (w *Wallet) evidence(ctx context.Context, a storage.AccountID, ids []string, others bool) ([]byte, error) {
	out := &kept.Evidence{MadeAt: w.now(), Maker: w.PublicURL.String(), Mark: w.evidenceMarks}
	left := maxEvidence
	for _, id := range ids { // each in a transaction of its own: see exportBadge
		var b *Badge
		var s *snapshot
		err := w.in(ctx, a, func(tx storage.Tx, v *vault) (err error) {
			if b, err = loadBadge(tx, v, id); err != nil {
				return err
			}
			s, err = w.loadEvidence(tx, v, b.Entry, &left)
			return err
		})
		switch {
		case errors.Is(err, storage.ErrNotFound): // the learner removed it
			continue
		case err != nil:
			return nil, err
		case s == nil, others && s.Maker != "":
			continue
		}
		if s.Maker != "" { // an archive brought it: it is not our word
			out.Maker, out.Mark = s.Maker, nil
		}
		if others {
			ok, err := w.disclosed(ctx, b)
			if err != nil {
				return nil, err
			} else if !ok {
				continue
			}
			omitPrivate(s)
		} else if err := b.parse(ctx); err != nil {
			return nil, err
		}
		_, mediaType := b.DownloadName()
		out.Badges = append(out.Badges, kept.Badge{Title: b.Entry.Summary.Title, Raw: b.Body.Raw, MediaType: mediaType,
			URL: b.Body.URL, CheckedAt: s.At, Verdict: s.Verdict, Material: withContexts(s, b.Body)})
	}
	if len(out.Badges) == 0 {
		return nil, fail(Missing, "no_evidence", nil)
	}
	var file bytes.Buffer
	err := kept.Write(&file, out)
	return file.Bytes(), err
}

// evidenceMarks are those of this service: by the store, and for each master
// key that is known by that key alone.
func (w *Wallet) evidenceMarks(manifest []byte) []string {
	sum := sha256Hex(manifest)
	return append([]string{w.Sealer.Lookup("evidence", sum)}, w.Sealer.Vouchers("evidence/"+sum)...)
}

// evidenceOf returns the snapshot that speaks for an entry as it is shown.
func (k *keptRecord) evidenceOf(e *Entry) *snapshot {
	switch {
	case e.LastGood != nil && k.good() != nil:
		return k.good()
	case k.Latest == nil:
		return k.Brought
	}
	return k.Latest
}

// loadEvidence reads a snapshot with its bytes, as far as there is room.
func (w *Wallet) loadEvidence(tx storage.Tx, v *vault, e *Entry, left *int) (*snapshot, error) {
	k, _, err := loadKept(tx, v, e.ID)
	if err != nil {
		return nil, err
	}
	s := k.evidenceOf(e)
	for i := range s.materials() {
		m := &s.Material[i]
		if m.Omitted = m.Omitted || m.Size > *left; m.Omitted {
			continue
		}
		b, _, err := load[blob](tx, v, storage.KindKept, "b/"+w.blobID(v, m.SHA256))
		if err != nil {
			return nil, err
		}
		m.Body = b.Body
		*left -= m.Size
	}
	return s, nil
}

// withContexts adds the contexts that were kept with the badge before
// everything else was.
func withContexts(s *snapshot, b *Body) []kept.Material {
	out := s.Material
	for _, url := range slices.Sorted(maps.Keys(b.Contexts)) {
		if slices.ContainsFunc(out, func(m kept.Material) bool { return m.URL == url && !m.Omitted }) {
			continue
		}
		body := b.Contexts[url]
		out = append(out, kept.Material{Role: vc.RoleContext, URL: url, Status: 200, MediaType: "application/ld+json",
			SHA256: kept.Digest(body), Size: len(body), FetchedAt: s.At, ConfirmedAt: s.At, Body: body})
	}
	return out
}

// openEvidence opens an evidence file; ok is false for anything else.
func (ch *Checker) openEvidence(x Input) (finds []find, ok bool) {
	if ch.Replay == nil || !kept.Is(x.Bytes) {
		return nil, false
	}
	e, err := kept.Read(x.Bytes)
	if err != nil {
		return []find{{item: intake.Item{Name: x.Name, Problem: ProblemEvidence, Err: err}, source: sourceOf(x)}}, true
	}
	marked := ch.Marks != nil && e.Marked(ch.Marks)
	for i := range e.Badges {
		finds = append(finds, find{item: intake.Item{Name: x.Name}, source: sourceOf(x), url: e.Badges[i].URL, evidence: &e.Badges[i], marked: marked})
	}
	return finds, true
}

// bare returns f to be checked with what was kept if replayed, else as the
// badge alone, to be checked as any other.
func (f find) bare(replayed bool) find {
	if f.evidence == nil || replayed {
		return f
	}
	doc, err := f.document(context.Background())
	if err != nil {
		return f.trouble(ProblemEvidence, err)
	}
	if f.item.Doc, f.evidence = doc, nil; !f.marked { // whoever made the file chose them
		doc.Contexts = nil
	}
	return f
}

// document parses the badge of an evidence, with the contexts kept for it.
func (f find) document(ctx context.Context) (*vc.Document, error) {
	body := &Body{Raw: f.evidence.Raw, URL: f.url, Contexts: map[string][]byte{}}
	for _, m := range f.evidence.Material {
		if m.Role == vc.RoleContext && !m.Omitted {
			body.Contexts[m.URL] = m.Body
		}
	}
	return reparse(ctx, body.Raw, body)
}

// checkEvidence checks a badge again with what was kept of an earlier check
// (see package vc/kept). That the badge held is said of the past alone: the
// verdict is then Undetermined, with LastGood, or Expired when the badge has
// expired by now. What rests on answers in a file without our mark is said to
// be by that file's own word.
func (ch *Checker) checkEvidence(ctx context.Context, f find, people []string) *Checked {
	at, now := f.evidence.CheckedAt, ch.Verifier.Now()
	refused := func(err error) *Checked {
		return ch.checked(ctx, f.trouble(ProblemEvidence, err), nil)
	}
	if at.After(now) {
		return refused(errors.New("it states a time that is still to come"))
	}
	replay, err := ch.Replay(f.evidence.Material, at)
	if err != nil {
		return ch.checked(ctx, f.trouble(ProblemInternal, err), nil)
	}
	if f.item.Doc, err = f.document(ctx); err != nil {
		return refused(err)
	}
	var word ownWord
	if len(f.item.Doc.Contexts) > 0 {
		word.add(vc.RoleContext)
	}
	c := replay.checked(word.heard(ctx), f, people)
	if f.marked {
		word = ownWord{}
	}
	ch.asOf(c, at, now, &word)
	return c
}

// asOf says of what was checked with kept answers that it was, and makes no
// verdict of the past one of today.
func (ch *Checker) asOf(c *Checked, at, now time.Time, word *ownWord) {
	held, expired := c.Verdict.Genuine(), false
	if held {
		expired = vc.Dated(c.Document, c.Report, now).Verdict(ch.Policy()) == vc.Expired
	}
	c.AsOf = at
	why := WhyKept
	if word.said() {
		why = WhyOwnWord
		word.mark(c)
	}
	for _, x := range c.Contained {
		ch.asOf(x, at, now, word)
	}
	switch {
	case held && expired:
		c.Verdict, c.LastGood = vc.Expired, &LastGood{At: at, Why: why}
	case held:
		c.Verdict, c.LastGood = vc.Undetermined, &LastGood{At: at, Why: why}
	}
}

// ProblemEvidence is the problem of an evidence that was altered or is damaged.
const ProblemEvidence intake.Problem = "evidence_altered"
