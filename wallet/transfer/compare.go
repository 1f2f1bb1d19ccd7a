package transfer

import (
	"context"
	"fmt"

	"backpack/wallet/storage"
)

// A Difference is an account that differs between two stores.
type Difference struct {
	Account     storage.AccountID
	Left, Right int // numbers of records
}

func (d Difference) String() string {
	who := "account " + string(d.Account)
	if d.Account == "" {
		who = "the installation itself"
	}
	if d.Left == d.Right {
		return fmt.Sprintf("%s: %d records, some of them differ", who, d.Left)
	}
	return fmt.Sprintf("%s: %d records here, %d there", who, d.Left, d.Right)
}

// Compare compares two stores, account by account. It returns at most limit differing
// accounts, and the total that it compared.
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

// next returns the first account after after in either store, or "".
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
