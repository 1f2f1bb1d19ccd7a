// Package ui renders the pages of Backpack. It knows neither wallets nor
// credentials: package server fills the page structs with plain values.
//
//	pages_*.go, page.go, badge.go   the page structs and their parts
//	templates/                      one template for each page, and shared parts
//	locale.go, locale/              the texts of each language
//	verdict.go, inside.go, then.go  verdicts and checks in words
//	table.go, csvcell.go            the table of many checks, and its CSV
//	markdown.go, qr.go, funcs.go    what templates call
//	assets.go, assets/              style sheets, icons and scripts
//	story, uitest, browsertest      every page in every state; tests of pages
//
// A page is rendered to a buffer, so an error never leaves half a page. Every
// page works without scripts; the scripts only add to it. New parses the
// templates for every language, and returns an error if a template lacks its
// page struct or a page struct lacks its template.
//
// # Templates
//
// A template has one element a line. The line break and the indentation before a
// tag or an action do not reach the page, so lines can break between any two
// tags. A space that readers need stands within a line, or as {{" "}} at its end.
//
// # Paths
//
// The templates link to these paths, and package server handles them. A form that
// changes something is a POST; with a session it has the field csrf
// (Chrome.FormToken).
//
//	GET  /                             HomePage
//	GET  /about                        AboutPage
//	POST /theme                        fields theme (light, dark, auto), next: sets a cookie → next
//	GET  /signup   POST /signup        SignUpPage; fields name, next → BackpackKeyPage
//	GET  /signin   POST /signin        SignInPage; fields key, next → next or /backpack
//	POST /signout                      → /
//	GET  /backpack                     BackpackPage; query q, issuer, skill, state, sort, after, select
//	POST /samples                      adds the sample badges → /backpack
//	GET  /activity                     ActivityPage
//	GET  /badges/:id                   BadgePage
//	POST /badges/:id/check             checks again → /badges/:id
//	POST /badges/:id/receipt           download: a signed receipt of a new check
//	POST /badges/:id/note              field note → /badges/:id
//	GET  /badges/:id/remove  POST      BadgeRemovePage → /backpack
//	GET  /badges/:id/original          download: the imported file
//	GET  /badges/:id/json              download: the signed document
//	GET  /badges/:id/picture           download: the picture with the badge inside
//	GET  /issuers/:id                 IssuerPage
//	GET  /import   POST /import        ImportPage; multipart fields files (many), photo, text → /imports/:id
//	GET  /imports/:id                  ImportProgressPage, then ImportPreviewPage
//	GET  /imports/:id/events           server-sent events, see below
//	POST /imports/:id/keep             field item (many) → /backpack
//	POST /imports/:id/drop             → /import
//	GET  /shares                       SharesPage
//	GET  /shares/new                   ShareNewPage; query badge (many)
//	POST /shares/preview               SharePreviewPage, or ShareNewPage with Problems; with field edit: ShareNewPage
//	POST /shares                       creates the share → /shares/:id?made=1
//	GET  /shares/:id                   SharePage
//	GET  /shares/:id/qr.png, /qr.svg   downloads
//	POST /shares/:id/revoke            → /shares/:id
//	POST /shares/:id/remove            → /shares
//	GET  /s/:token  POST /s/:token     SharedPage, SharedPasscodePage (field passcode) or SharedGonePage
//	POST /s/:token/check               checks again → /s/:token
//	GET  /s/:token/presentation        download, application/vp
//	GET  /s/:token/badges/:id          download of one badge
//	GET  /s/:token/receipt             download: a signed receipt of a new check
//	GET  /verify   POST /verify        VerifyPage; multipart fields files, folder (many), photo, text → VerifyReportPage
//	GET  /verify/list  POST            ListPage; query list, key; fields there
//	GET  /verify/list.json             download: the list as a file
//	POST /verify/save                  downloads; fields data (VerifyReportPage.Data), as: csv or receipt
//	GET  /settings                     SettingsPage
//	POST /settings/name                field name
//	POST /settings/key                 → BackpackKeyPage with Renewed
//	POST /settings/passkeys/:id/remove
//	POST /settings/emails              field email → /settings/emails/:id
//	GET  /settings/emails/:id  POST    EmailConfirmPage; field code → /settings
//	POST /settings/emails/:id/resend, /settings/emails/:id/remove
//	POST /settings/sessions/:id/end, POST /settings/sessions/end-others
//	GET  /settings/export, /settings/export.zip
//	GET  /settings/delete  POST        DeletePage; field name → /
//	GET  /assets/:name                 Renderer.Asset: immutable, named by their hash
//	GET  /favicon.ico, /manifest.webmanifest   Renderer.Asset of "favicon.svg" and "manifest.webmanifest"
//
// # Passkeys
//
// passkey.js exchanges JSON with these paths; with a session it sends
// X-Form-Token. "options" is the argument of
// PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON,
// or an object with that argument in "publicKey". "answer" is the result of
// PublicKeyCredential.toJSON.
//
//	POST /auth/passkey/signup/begin  {"name"}                 → {"id", "options"}
//	POST /auth/passkey/signup/finish {"id", "answer", "next"} → {"next"}
//	POST /auth/passkey/signin/begin  {}                       → {"id", "options"}
//	POST /auth/passkey/signin/finish {"id", "answer", "next"} → {"next"}
//	POST /auth/passkey/add/begin     {}                       → {"id", "options"}
//	POST /auth/passkey/add/finish    {"id", "answer"}         → {"next"}
//
// A refusal has a status of 400 or more and {"error": a text for the learner}.
//
// # Progress
//
// progress.js listens to /imports/:id/events. The data of an event is
// {"done", "total", "finished"}; when finished is true the page reloads. Without
// scripts the page reloads every three seconds.
//
// # Scanning
//
// scan.js reads QR codes with BarcodeDetector if the browser has it, and puts the
// text into the form. Otherwise the photo is sent in the field photo.
package ui
