package wallet

import (
	"context"
	"errors"
	"time"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/intake"
	"backpack/vc/kept"
	"backpack/vc/receipt"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// A step checks at most importStep items and starts none after stepTime; the results
// are stored after each step.
const (
	importStep = 64
	stepTime   = 2 * time.Second
)

// WorkImport checks items of the import until it is finished or ctx ends; results
// up to then are kept. It returns nil at once if another caller holds the job.
func (w *Wallet) WorkImport(ctx context.Context, a storage.AccountID, id string) error {
	job, err := w.work.Claim(ctx, a, "import/"+id)
	if err != nil || job == nil {
		return err
	}
	return w.workImport(ctx, job)
}

func (w *Wallet) workImport(ctx context.Context, job *work.Job) error {
	for after := ""; ; {
		todo, known, err := w.openItems(ctx, job, after)
		if err == nil && len(todo) == 0 {
			// Finishes even if ctx has ended; otherwise the job waits until its lease expires.
			return work.UnlessLost(w.finishImport(context.WithoutCancel(ctx), job))
		}
		if err == nil {
			w.work.WithLease(ctx, job, func() { w.checkItems(ctx, todo, known) })
			err = w.storeItems(context.WithoutCancel(ctx), job, todo)
		}
		switch {
		case ctx.Err() != nil:
			return work.UnlessLost(w.work.Requeue(ctx, job))
		case work.IsLost(err):
			return nil
		case err != nil:
			return w.work.Retry(ctx, job, err)
		}
		after = lastDone(todo, after)
	}
}

// lastDone returns the record ID of the last item before the first unchecked one;
// after if the first item is unchecked.
func lastDone(todo []*workItem, after string) string {
	for _, t := range todo {
		if !t.item.Done {
			break
		}
		after = t.rec.ID
	}
	return after
}

// A workItem is an item being checked, with its result.
type workItem struct {
	item *itemRecord
	rec  *storage.Record
	more []*itemRecord // further badges at its address
}

// openItems returns the next unchecked items after the record ID after, and the
// learner's recipient identifiers, such as proved addresses.
func (w *Wallet) openItems(ctx context.Context, job *work.Job, after string) (todo []*workItem, known []string, err error) {
	err = w.vaults.View(ctx, job.Account(), func(tx storage.Tx, v *vault.Vault) error {
		todo = nil
		if known, err = w.recipients(tx, v); err != nil {
			return err
		}
		return eachItemAfter(tx, v, job.Name(), after, func(it *itemRecord, rec *storage.Record) bool {
			if !it.Done {
				todo = append(todo, &workItem{item: it, rec: rec})
			}
			return len(todo) < importStep
		})
	})
	return todo, known, err
}

// checkItems checks items. Items that it had no time for stay not Done.
func (w *Wallet) checkItems(ctx context.Context, todo []*workItem, known []string) {
	begin, stop := context.WithTimeout(ctx, stepTime)
	defer stop()
	each(len(todo), func(i int) {
		if begin.Err() == nil {
			w.checkItem(ctx, todo[i], known)
		}
	})
}

func (w *Wallet) checkItem(ctx context.Context, t *workItem, known []string) {
	done := *t.item
	var more []*itemRecord
	finds := w.Follow(ctx, t.item.find(ctx), false)
	w.settle(ctx, &done, finds[0], known)
	for _, f := range finds[1:] {
		more = append(more, newItem(0, arrival{Find: f})) // checked in a later step
	}
	if ctx.Err() == nil { // after ctx ended, the result says only that time ran out
		*t.item, t.more = done, more
	}
}

// settle checks f and writes the result into it.
func (w *Wallet) settle(ctx context.Context, it *itemRecord, f inspect.Find, known []string) {
	ctx, given := kept.Collect(ctx)
	c := w.Examine(ctx, f, known, true)
	if receipt.Is(c.Original) {
		c.Problem, c.Detail = string(inspect.ProblemReceipt), ""
	}
	it.Raw, it.Picture, it.Link, it.Contexts = nil, nil, "", nil
	if it.fail(c); c.Problem != "" {
		return
	}
	it.Digest, it.RawDigest, it.Body = inspect.Identity(c.Original, c.Report), inspect.Digest(c.Original.Raw), bodyOf(f, c.Report)
	it.Entry = &Entry{Keys: seen(nil, c.Report), Summary: c.Summary, Source: f.Source, Report: c.Report,
		Verdict: c.Verdict, CheckedAt: c.Report.At, Mine: c.Mine}
	it.Image = c.Image
	w.FetchCriteria(ctx, c)
	if c.Verdict != vc.Undetermined {
		it.Kept = snapshotOf(c.Report, c.Verdict, c.Original.Raw, given.Materials())
	}
	if it.Restored != nil {
		it.Restored.fill(it)
	}
}

// fail marks an item as checked, with the result's problem if there is one.
func (it *itemRecord) fail(c *inspect.Checked) {
	it.Done, it.Problem, it.Detail = true, c.Problem, c.Detail
}

// bodyOf returns the stored content of an entry made from f.
func bodyOf(f inspect.Find, report *vc.Report) *Body {
	b := &Body{Raw: f.Item.Doc.Raw, URL: f.URL, Contexts: f.Item.Doc.Contexts, Schemas: report.Schemas, FileName: fileName(f.Item.Name)}
	if f.Item.Image != nil && len(f.Item.Source) > 0 {
		b.File = bake.Lean(f.Item.Source)
	}
	if report.Current != nil {
		b.Current, b.View, b.CurrentAt = report.Current.Raw, inspect.View(report.Current), report.At
	}
	if f.Item.Doc.Form == vc.Hosted && report.Method != "" {
		b.URL = report.Method
	}
	return b
}

// storeItems writes the checked items and extends the lease, in one transaction.
func (w *Wallet) storeItems(ctx context.Context, job *work.Job, todo []*workItem) error {
	var lease work.Lease
	err := w.vaults.Update(ctx, job.Account(), func(tx storage.Tx, v *vault.Vault) error {
		imp, rec, err := vault.Load[importRecord](tx, v, storage.KindImport, job.Name())
		if err != nil {
			return err
		}
		if lease, err = w.work.Extend(tx, job); err != nil {
			return err
		}
		for _, t := range todo {
			if !t.item.Done {
				continue
			}
			if err := w.storeItem(tx, v, job.Name(), imp, t); err != nil {
				return err
			}
		}
		return v.Replace(tx, rec, imp)
	})
	if err == nil {
		job.Hold(lease)
	}
	return err
}

// storeItem writes one item, and adds the further badges at its address to the
// import, up to Limits.Items. Beyond that, one last item reports intake.TooMany.
func (w *Wallet) storeItem(tx storage.Tx, v *vault.Vault, id string, imp *importRecord, t *workItem) error {
	rec := *t.rec
	if err := w.replaceItem(tx, v, &rec, t.item); err != nil {
		return err
	}
	for _, it := range t.more {
		if imp.Total > w.Checker.Limits.Items {
			return nil
		}
		if imp.Total++; imp.Total > w.Checker.Limits.Items {
			it = &itemRecord{Name: it.Name, Source: it.Source, Done: true, Problem: string(intake.TooMany)}
		}
		it.N = imp.Total
		if _, err := w.createItem(tx, v, id, it); err != nil {
			return err
		}
	}
	return nil
}

// replaceItem writes the item's result. If the backpack has no room for it, it writes
// that problem instead: with the answers of its addresses, an item may be much larger
// than its input.
func (w *Wallet) replaceItem(tx storage.Tx, v *vault.Vault, rec *storage.Record, it *itemRecord) error {
	before := len(rec.Data)
	it, err := w.storeKept(tx, v, it)
	if err == nil {
		err = v.Fill(rec, it)
	}
	if err != nil {
		return err
	}
	if err = w.take(tx, v, 0, len(rec.Data)-before); noRoom(err) {
		err = errors.Join(w.dropBlobs(tx, v, it.materials()), v.Fill(rec, it.leftOut()))
	}
	if err != nil {
		return err
	}
	return tx.Update(rec)
}

// finishImport marks duplicates, marks the import as finished and ends the job.
func (w *Wallet) finishImport(ctx context.Context, job *work.Job) error {
	return w.vaults.Update(ctx, job.Account(), func(tx storage.Tx, v *vault.Vault) error {
		imp, rec, err := vault.Load[importRecord](tx, v, storage.KindImport, job.Name())
		if err != nil {
			return err
		}
		if _, err := w.work.Extend(tx, job); err != nil {
			return err
		}
		if err := w.markDuplicates(tx, v, job.Name()); err != nil {
			return err
		}
		imp.Finished = true
		if err := v.Replace(tx, rec, imp); err != nil {
			return err
		}
		return job.Finish(tx)
	})
}

// markDuplicates sets Duplicate on items whose badge is in the backpack already.
// Among items with the same badge it chooses the richest, or the first of equals, and
// sets Same on the others.
func (w *Wallet) markDuplicates(tx storage.Tx, v *vault.Vault, id string) error {
	type choice struct{ n, rich int }
	best := map[string]choice{}
	err := eachItem(tx, v, id, func(it *itemRecord, _ *storage.Record) bool {
		if c, ok := best[it.Digest]; it.Digest != "" && (!ok || it.richness() > c.rich) {
			best[it.Digest] = choice{it.N, it.richness()}
		}
		return true
	})
	if err != nil {
		return err
	}
	var failed error
	err = eachItem(tx, v, id, func(it *itemRecord, rec *storage.Record) bool {
		if it.Digest == "" {
			return true
		}
		if n := best[it.Digest].n; n != it.N {
			it.Same = n
		}
		if it.Duplicate, failed = w.keptAlready(tx, v, it); failed == nil && (it.Same != 0 || it.Duplicate != "") {
			failed = v.Replace(tx, rec, it)
		}
		return failed == nil
	})
	return errors.Join(err, failed)
}
