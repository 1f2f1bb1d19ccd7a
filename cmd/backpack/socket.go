package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// socketName is the name of the socket in the data folder. A server takes
// orders there from users who may read the folder.
const socketName = "backpack.sock"

// maxOrder bounds an order, in bytes.
const maxOrder = 1 << 20

func (c *config) socket() string { return filepath.Join(c.Data, socketName) }

// A reply is one line of the answer to an order.
type reply struct {
	Out   string `json:"out,omitempty"`
	Err   string `json:"err,omitempty"`
	Done  bool   `json:"done,omitempty"`
	Code  int    `json:"code,omitempty"`
	Fault string `json:"fault,omitempty"`
}

// ask sends an order to the server of the data folder. asked is false if no
// server answers.
func (p *program) ask(ctx context.Context, c *config, o order) (asked bool, err error) {
	name, done, err := shortName(c.socket())
	if err != nil {
		return false, err
	}
	defer done()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", name)
	if err != nil {
		return false, nil
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := json.NewEncoder(conn).Encode(o); err != nil {
		return true, fmt.Errorf("ask the server: %w", err)
	}
	replies := json.NewDecoder(conn)
	for {
		var r reply
		if err := replies.Decode(&r); err != nil {
			return true, errors.Join(ctx.Err(), fmt.Errorf("the server's answer is incomplete: %w", err))
		}
		fmt.Fprint(p.out, r.Out)
		fmt.Fprint(p.err, r.Err)
		switch {
		case r.Done && r.Code == exitOK:
			return true, nil
		case r.Done:
			return true, &exitError{r.Code, errors.New(r.Fault)}
		}
	}
}

// takeOrders listens at the socket until ctx ends, and returns a function that
// waits for the end of all orders. If another server already listens, as
// replicas on one machine may, it keeps the socket.
func (p *program) takeOrders(ctx context.Context, op *operator) (wait func(), err error) {
	name, done, err := shortName(op.config.socket())
	if err != nil {
		return nil, err
	}
	defer done()
	if conn, err := net.Dial("unix", name); err == nil {
		conn.Close()
		return func() {}, nil
	}
	_ = os.Remove(name) // of a server that was killed
	l, err := net.Listen("unix", name)
	if err != nil {
		return nil, fmt.Errorf("listen for orders at %s: %w", op.config.socket(), err)
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // its short name is no longer valid
	var all sync.WaitGroup
	all.Go(func() {
		defer os.Remove(op.config.socket())
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.carryOut(ctx, op, conn) })
		}
	})
	context.AfterFunc(ctx, func() { l.Close() })
	return all.Wait, nil
}

// carryOut reads one order and carries it out until the client disconnects.
func (p *program) carryOut(ctx context.Context, op *operator, conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	in := bufio.NewReaderSize(conn, maxOrder)
	line, err := in.ReadSlice('\n')
	if err != nil {
		return
	}
	go func() {
		_, _ = in.ReadByte() // the client sends nothing more: Read returns when it disconnects
		cancel()
	}()
	answer := &replies{to: json.NewEncoder(conn)}
	var o order
	var run func(*program, context.Context, *operator, order) error
	if json.Unmarshal(line, &o) == nil {
		run = orders[o.Command]
	}
	end := reply{Done: true}
	if run == nil {
		end.Code, end.Fault = exitUsage, "the server has another version and does not know this order; use the same program"
	} else {
		end.Code, end.Fault = endOf(run(answer.program(p, o), ctx, op, o))
	}
	answer.send(end)
}

// Replies are sent one at a time.
type replies struct {
	mu sync.Mutex
	to *json.Encoder
}

func (r *replies) send(line reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.to.Encode(line) // a disconnected client ends the order
}

// program returns a program whose streams are those of the client.
func (r *replies) program(p *program, o order) *program {
	return &program{
		out: stream(func(s string) { r.send(reply{Out: s}) }), err: stream(func(s string) { r.send(reply{Err: s}) }),
		env: p.env, terminal: o.Terminal,
	}
}

type stream func(string)

// Write implements io.Writer.
func (s stream) Write(b []byte) (int, error) { s(string(b)); return len(b), nil }

// longestName is the longest path of a socket that every system allows.
const longestName = 100

// shortName returns a name for the socket within longestName, through its
// folder if the path is too long, and a function that releases it.
func shortName(path string) (string, func(), error) {
	if len(path) <= longestName {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return path, func() {}, nil // there is none
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), func() { dir.Close() }, nil
}
