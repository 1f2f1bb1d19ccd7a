package transfer

import (
	"context"
	"fmt"

	"backpack/wallet/storage"
)

// A Difference is an account that two stores do not hold alike.
type Difference struct {
	Account     storage.AccountID
	Left, Right int // how many records each has
}

func (d Difference) String() string {
	who := "account " + string(d.Account)
	if d.Account == "" {
		who = "the installation itself"
	}
	if d.Left == d.Right {
		return fmt.Sprintf("%s: %d records, of which some differ", who, d.Left)
	}
	return fmt.Sprintf("%s: %d records here, %d there", who, d.Left, d.Right)
}

// Compare lays two stores beside each other, account by account, and returns
// the accounts that differ, at most limit of them, and what was looked at.
func Compare(ctx context.Context, left, right storage.Store, limit int, tell func(Total)) (list []Difference, total Total, err error) {
	err = left.View(ctx, func(l storage.Tx) error {
		return right.View(ctx, func(r storage.Tx) error {
			c := &comparing{l: l, r: r, limit: limit, tell: tell}
			err := c.all()
			list, total = c.list, c.total
			return err
		})
	})
	return list, total, err
}

type comparing struct {
	l, r  storage.Tx
	limit int
	tell  func(Total)
	list  []Difference
	total Total
}

func (c *comparing) all() error {
	if err := c.one(""); err != nil {
		return err
	}
	for after := storage.AccountID(""); len(c.list) < c.limit; {
		next, err := c.next(after)
		if err != nil || next == "" {
			return err
		}
		if err := c.one(next); err != nil {
			return err
		}
		after = next
	}
	return nil
}

// next returns the first account of either store after another, or "".
func (c *comparing) next(after storage.AccountID) (storage.AccountID, error) {
	l, err := c.l.Accounts(after, 1)
	if err != nil {
		return "", err
	}
	r, err := c.r.Accounts(after, 1)
	if err != nil {
		return "", err
	}
	both := append(l, r...)
	switch {
	case len(both) == 0:
		return "", nil
	case len(both) == 2:
		return min(both[0], both[1]), nil
	}
	return both[0], nil
}

func (c *comparing) one(a storage.AccountID) error {
	l, err := SumOf(c.l, a)
	if err != nil {
		return err
	}
	r, err := SumOf(c.r, a)
	if err != nil {
		return err
	}
	if l != r {
		c.list = append(c.list, Difference{a, l.Records, r.Records})
	}
	c.total.Accounts, c.total.Records = c.total.Accounts+1, c.total.Records+l.Records
	c.tell(c.total)
	return nil
}
