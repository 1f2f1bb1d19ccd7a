package server_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"backpack/ui/browsertest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// downloads clicks an element that starts a download and returns the file.
func (b *tab) downloads(sel string) []byte {
	b.t.Helper()
	dir := b.t.TempDir()
	done := make(chan string, 1)
	chromedp.ListenTarget(b.ctx, func(ev any) {
		if e, ok := ev.(*cdp.EventDownloadProgress); ok && e.State == cdp.DownloadProgressStateCompleted {
			select {
			case done <- e.GUID:
			default:
			}
		}
	})
	b.do(cdp.SetDownloadBehavior(cdp.SetDownloadBehaviorBehaviorAllowAndName).WithDownloadPath(dir).WithEventsEnabled(true),
		browsertest.Click(sel))
	select {
	case name := <-done:
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			b.t.Fatal(err)
		}
		return body
	case <-time.After(patience):
		b.t.Fatalf("%s starts no download", sel)
	}
	return nil
}

// TestJourneyApplicants lets an employer without scripts check the files of many people:
// a folder, then a ZIP. The table links to each report and is saved as a table and as a
// receipt, which is checked too.
func TestJourneyApplicants(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.noScripts()
	dir := t.TempDir()
	for _, in := range hiring(t)[:4] {
		file := filepath.Join(dir, filepath.FromSlash(in.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, in.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.open("/verify")
	b.do(chromedp.SetUploadFiles("#f-folder", []string{filepath.Join(dir, "all")}, chromedp.ByQuery))
	b.press("form[action='/verify'] button:not([type=button])")
	b.sees("2 of 4 badges check out", "All at a glance", "amina", "ben", "Does not hold", "Expired", "There is no badge in it.")
	b.shot("verify-applicants")
	var rows, marks int
	b.eval(`document.querySelectorAll(".findings tbody tr").length`, &rows)
	b.eval(`document.querySelectorAll(".findings td.fact").length`, &marks)
	if rows != 5 || marks != 20 {
		t.Errorf("%d rows with %d facts", rows, marks)
	}
	b.do(browsertest.Click(".findings tbody a[href='#b-3-2']"), browsertest.Wait(":target h2"))
	var target string
	b.eval(`document.querySelector(":target h2").textContent`, &target)
	if !strings.Contains(target, "Baker") || !strings.HasSuffix(b.path(), "#b-3-2") {
		t.Errorf("%s leads to %q", b.path(), target)
	}
	table := b.downloads("button[name=as][value=csv]")
	if lines, err := csv.NewReader(strings.NewReader(string(table))).ReadAll(); err != nil || len(lines) != 6 {
		t.Errorf("%d lines, %v: %s", len(lines), err, table)
	}
	signed := filepath.Join(dir, "receipt.json")
	if err := os.WriteFile(signed, b.downloads("button[name=as][value=receipt]"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open("/verify")
	b.do(chromedp.SetUploadFiles("#f-files", []string{signed, filepath.Join(dir, "all", "amina", "a.json")}, chromedp.ByQuery))
	b.press("form[action='/verify'] button:not([type=button])")
	b.sees("Receipt of a check", "This receipt is unchanged", "That is this very service", "That is what you brought: a.json", "Not among what you brought")
	b.shot("verify-receipt")
	b.clean()

	phone := newTab(t, s, 360, 780)
	phone.noScripts()
	file := filepath.Join(dir, "all.zip")
	if err := os.WriteFile(file, zipped(t, hiring(t)...).Bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	phone.open("/verify")
	phone.do(chromedp.SetUploadFiles("#f-files", []string{file}, chromedp.ByQuery))
	phone.press("form[action='/verify'] button:not([type=button])")
	phone.sees("3 of 5 badges check out", "all.zip/all/amina/a.json", "amina")
	phone.narrow()
	phone.shot("verify-applicants-phone")
	phone.clean()
}

// TestJourneyReceipts downloads receipts from a badge and from a share.
func TestJourneyReceipts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.begin("Robin Example")
	b.press("form[action='/samples'] button")
	b.press("ul.grid li a")
	own := b.downloads("form[action$='/receipt'] button")
	l := s.learner(t, "Ada Example")
	l.samples()
	sh := l.share(wallet.ShareRequest{}, "Handling Historic Photographs")
	employer := newTab(t, s, 360, 780)
	employer.open("/s/" + sh.Token)
	shown := employer.downloads("a[href$='/receipt']")
	for _, r := range [][]byte{own, shown} {
		found, err := s.Check(t.Context(), []inspect.Input{{Name: "receipt.json", Bytes: r}})
		if err != nil || found[0].Receipt == nil || found[0].Verdict != "valid" {
			t.Errorf("%+v, %v", found, err)
		}
	}
	b.clean()
	employer.clean()
}

// TestBrowserPrintTable prints the page of a check. The table is on the first page,
// before the reports.
func TestBrowserPrintTable(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.open("/verify")
	b.do(chromedp.SetUploadFiles("#f-files", s.sampleFiles(t), chromedp.ByQuery))
	b.press("form[action='/verify'] button:not([type=button])")
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPrintBackground(false).Do(ctx)
		return err
	}))
	if n := strings.Count(string(pdf), "/Type /Page\n"); n == 0 || n > 2*len(s.Samples)+2 {
		t.Errorf("%d badges print on %d pages", len(s.Samples), n)
	}
	if dir := os.Getenv("BACKPACK_TEST_SHOTS"); dir != "" {
		os.WriteFile(filepath.Join(dir, "table.pdf"), pdf, 0o644)
	}
	var shown string
	b.do(emulation.SetEmulatedMedia().WithMedia("print"), emulation.SetDeviceMetricsOverride(700, 900, 1, false),
		chromedp.Evaluate(`getComputedStyle(document.querySelector(".findings td")).display + " " +
			getComputedStyle(document.querySelector("form[action='/verify/save']")).display`, &shown))
	if shown != "table-cell none" {
		t.Errorf("on paper: %s", shown)
	}
	b.shot("table-print")
	b.clean()
}
