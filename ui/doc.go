// Package ui is what Backpack looks like: pages as Go structs, their templates,
// one style sheet, small scripts that only improve pages that work without
// them, and every text in one catalogue. It knows nothing of wallets or
// credentials: package server fills the structs with plain values.
//
// A page is rendered to a buffer, so that an error never leaves half a page.
// New parses all templates for every language and fails when a template has no
// page or a page no template.
//
// # Paths
//
// The templates link to these paths; the server answers them. Every form that
// changes something is a POST with the field csrf (Chrome.FormToken) where
// somebody is signed in.
//
//	GET  /                             HomePage
//	GET  /about                        AboutPage
//	POST /theme                        fields theme (light, dark, auto), next: sets a cookie, back to next
//	GET  /signup   POST /signup        SignUpPage; fields name, next → BackpackKeyPage
//	GET  /signin   POST /signin        SignInPage; fields key, next → next or /backpack
//	POST /signout                      → /
//	GET  /backpack                     BackpackPage; query q, issuer, skill, state, sort, after, select
//	POST /samples                      adds the sample badges → /backpack
//	GET  /activity                     ActivityPage
//	GET  /badges/:id                   BadgePage
//	POST /badges/:id/check             checks again → /badges/:id
//	POST /badges/:id/receipt           download: the signed receipt of a check made now
//	POST /badges/:id/note              field note → /badges/:id
//	GET  /badges/:id/remove  POST      BadgeRemovePage → /backpack
//	GET  /badges/:id/original          download: the file as it came
//	GET  /badges/:id/json              download: what was signed
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
//	POST /shares                       makes the show → /shares/:id?made=1
//	GET  /shares/:id                   SharePage
//	GET  /shares/:id/qr.png, /qr.svg   downloads
//	POST /shares/:id/revoke            → /shares/:id
//	POST /shares/:id/remove            → /shares
//	GET  /s/:token  POST /s/:token     SharedPage, SharedPasscodePage (field passcode) or SharedGonePage
//	POST /s/:token/check               checks again → /s/:token
//	GET  /s/:token/presentation        download, application/vp
//	GET  /s/:token/badges/:id          download of one badge
//	GET  /s/:token/receipt             download: the signed receipt of a check made now
//	GET  /verify   POST /verify        VerifyPage; multipart fields files, folder (many), photo, text → VerifyReportPage
//	GET  /verify/list  POST            ListPage; query list, key; fields there
//	GET  /verify/list.json             download: the list, to bring again as a file
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
// passkey.js talks JSON to these, with X-Form-Token where somebody is signed
// in. "options" is what PublicKeyCredential.parseCreationOptionsFromJSON or
// parseRequestOptionsFromJSON takes (the object inside "publicKey", or the
// object that has it), "answer" what PublicKeyCredential.toJSON gives.
//
//	POST /auth/passkey/signup/begin  {"name"}                 → {"id", "options"}
//	POST /auth/passkey/signup/finish {"id", "answer", "next"} → {"next"}
//	POST /auth/passkey/signin/begin  {}                       → {"id", "options"}
//	POST /auth/passkey/signin/finish {"id", "answer", "next"} → {"next"}
//	POST /auth/passkey/add/begin     {}                       → {"id", "options"}
//	POST /auth/passkey/add/finish    {"id", "answer"}         → {"next"}
//
// Every refusal is any status from 400 with {"error": the text for people}.
//
// # Progress
//
// progress.js listens to /imports/:id/events: each event's data is
// {"done", "total", "finished"}; at finished the page loads itself again.
// Without scripts the page refreshes itself every three seconds.
//
// # Scanning
//
// scan.js reads QR codes with BarcodeDetector where the browser has one, and
// puts the text into the form. Elsewhere the photo itself is sent as the
// field photo.
package ui
