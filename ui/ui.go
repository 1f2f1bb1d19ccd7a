package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed templates assets locale
var files embed.FS

// A Config configures a Renderer. The zero value is ready to use.
type Config struct {
	// MaxPage bounds a rendered page in bytes, including pictures in data:
	// addresses; 0 means 8 MiB.
	MaxPage int
}

// A Renderer renders pages. It is safe for concurrent use.
type Renderer struct {
	maxPage  int
	catalogs map[string]*catalog
	sets     map[string]map[string]*template.Template // by language, by page
	assets   *assetSet
	markdown *markdown
}

// ErrPageTooLarge is returned for a page that exceeds Config.MaxPage.
var ErrPageTooLarge = errors.New("the page is too large")

// defaultLang is the fallback of every other language.
const defaultLang = "en"

// New returns a Renderer with all languages, templates and assets loaded. It
// returns an error if they are inconsistent.
func New(cfg Config) (*Renderer, error) {
	if cfg.MaxPage == 0 {
		cfg.MaxPage = 8 << 20
	}
	r := &Renderer{maxPage: cfg.MaxPage, markdown: newMarkdown(), sets: map[string]map[string]*template.Template{}}
	var err error
	if r.catalogs, err = loadCatalogs(files); err != nil {
		return nil, err
	}
	if r.assets, err = loadAssets(files); err != nil {
		return nil, err
	}
	for lang, c := range r.catalogs {
		if r.sets[lang], err = parseSet(files, r.funcs(c)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// parseSet parses every page's template with the layout and the parts.
func parseSet(fsys fs.FS, funcs template.FuncMap) (map[string]*template.Template, error) {
	base := template.New("").Option("missingkey=error").Funcs(funcs)
	if err := parse(base, fsys, "templates/layout.html", "templates/parts/*.html"); err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	names, err := pageNames(fsys)
	if err != nil {
		return nil, err
	}
	set := map[string]*template.Template{}
	for _, name := range names {
		t, err := base.Clone()
		if err == nil {
			err = parse(t, fsys, "templates/pages/"+name+".html")
		}
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		if t.Lookup("main") == nil || t.Lookup("title") == nil {
			return nil, fmt.Errorf("page %s: main or title is not defined", name)
		}
		set[name] = t
	}
	return set, nil
}

// lineBreak is a line break and the indentation before a tag or an action.
var lineBreak = regexp.MustCompile(`[ \t]*(\n\s*)(<|\{\{)`)

// parse adds the files that match the patterns to t. Pages hold neither the line
// breaks nor the indentation before a tag or an action: a space that readers
// need is written within the line, or as {{" "}} at its end. The trim marker
// keeps the line numbers of errors.
func parse(t *template.Template, fsys fs.FS, patterns ...string) error {
	for _, pattern := range patterns {
		files, err := fs.Glob(fsys, pattern)
		if err != nil {
			return err
		}
		for _, name := range files {
			src, err := fs.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			if _, err := t.New(path.Base(name)).Parse(lineBreak.ReplaceAllString(string(src), "{{/**/ -}}$1$2")); err != nil {
				return err
			}
		}
	}
	return nil
}

// pageNames returns the names of the page templates. It returns an error unless
// they are exactly those that the page structs name.
func pageNames(fsys fs.FS) ([]string, error) {
	found, err := fs.Glob(fsys, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		found[i] = strings.TrimSuffix(path.Base(f), ".html")
	}
	var want []string
	for _, p := range Pages() {
		want = append(want, p.template())
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		return nil, fmt.Errorf("templates are %v, but the pages name %v", found, want)
	}
	return want, nil
}

// Pages returns an empty page of each kind, for tests and the storybook.
func Pages() []Page {
	return []Page{
		new(HomePage), new(AboutPage), new(PrivacyPage), new(ErrorPage), new(ActivityPage),
		new(SignUpPage), new(SignInPage), new(BackpackKeyPage), new(SettingsPage), new(EmailConfirmPage), new(MailStopPage),
		new(DeletePage), new(ExportPage), new(ArchivePage),
		new(BackpackPage), new(BadgePage), new(BadgeRemovePage), new(IssuerPage), new(ListPage),
		new(ImportPage), new(ImportProgressPage), new(ImportPreviewPage),
		new(SharesPage), new(ShareNewPage), new(SharePreviewPage), new(SharePage),
		new(SharedPage), new(SharedPasscodePage), new(SharedGonePage),
		new(VerifyPage), new(VerifyReportPage),
	}
}

// archivePages is the factor by which the page of an archive may exceed MaxPage.
const archivePages = 32

// Render writes p to w as HTML. It writes nothing if it returns an error.
func (r *Renderer) Render(w io.Writer, p Page) error {
	c := p.chrome()
	c.Lang = r.Lang(c.Lang)
	t, ok := r.sets[c.Lang][p.template()]
	if !ok {
		return fmt.Errorf("render: no template %s", p.template())
	}
	layout, most := "layout", r.maxPage
	if _, alone := p.(*ArchivePage); alone { // one page with all badges
		layout, most = "alone", archivePages*r.maxPage
	}
	buf := &limited{left: most}
	if err := t.ExecuteTemplate(buf, layout, p); err != nil {
		return fmt.Errorf("render %s: %w", p.template(), err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// limited is a buffer of bounded size.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		return 0, ErrPageTooLarge
	}
	return l.Buffer.Write(b)
}

// RenderIn is Render with the given theme in place of the page's own. An unknown
// theme is ignored.
func (r *Renderer) RenderIn(w io.Writer, p Page, theme string) error {
	if theme == ThemeLight || theme == ThemeDark {
		p.chrome().Theme = theme
	}
	return r.Render(w, p)
}
