// Package edge is the transport of the server: everything between the network and
// the handlers of requests. It knows no records, accounts or pages.
//
//	edge.go         Edge: its configuration, the router, starting and stopping
//	connections.go  limits open connections
//	  conn.go         one connection, and how it closes
//	  heads.go        line ends in heads of requests
//	  network.go      the client's address and network
//	guard.go        headers of every answer, host, origin, deadline
//	read.go         when and how a body is read
//	  frame.go        how a request states its length
//	  upload.go       a body under way
//	  budget.go       the bytes of bodies that are held at a time
//	  form.go         forms with files
//	answers.go      the bytes of answers that are not read yet
//	stream.go       answers that are sent as they are made
//	limit.go        requests per minute
//	log.go          the line in the log, the request's id
//	visitor.go      visitors and refusals
//
// # The router
//
// Only the router of Fiber is used. Its csrf, cache, idempotency, limiter,
// requestid and helmet middlewares leak between users or break one another: a
// no-referrer policy makes its csrf refuse every HTTPS form. Here, a form is
// accepted if the browser states that it comes from this origin (Sec-Fetch-Site,
// otherwise Origin); the server adds a token for signed-in learners. Fiber's
// client address is not used either: behind trusted proxies, the client is the
// last address in X-Forwarded-For that is not a proxy's. A panic ends one request.
// Requests that state their length twice, or two hosts, are refused.
//
// # Sizes
//
// A request may bring 64 MiB, which stay in memory: parts of forms never lie in a
// temporary folder, unencrypted. A stream may be larger and take up to an hour; it
// is aborted if making it fails.
package edge
