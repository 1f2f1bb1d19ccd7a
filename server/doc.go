// Package server is Backpack's HTTP: routes, sessions, forms and the mapping of
// records to pages. It interprets nothing of a badge itself; it hands bytes to
// package wallet and pages to package ui.
//
// Of Fiber only the router is used. Its csrf, cache, idempotency, limiter,
// requestid and helmet middlewares are not: they leak between users or break
// one another (a no-referrer policy makes its csrf refuse every HTTPS form).
// Instead a form is accepted when the browser itself says that it comes from
// our own origin (Sec-Fetch-Site, else Origin), and, for who is signed in,
// when it carries the token that belongs to the session.
package server
