package status

import (
	"fmt"
	"strconv"
	"strings"

	"backpack/vc"
)

// maxSize is the widest entry in bits: the messages for more values would exceed
// any credential.
const maxSize = 16

// A dialect is a kind of list of bits.
type dialect struct {
	entry, list, subject string // types
	index, credential    string // members of the entry
	sized                bool   // entries may be wider than a bit
	minimum              uint64 // number of entries in a list
	purpose              string // the default
}

var (
	bitstring = dialect{
		entry: "BitstringStatusListEntry", list: "BitstringStatusListCredential", subject: "BitstringStatusList",
		index: "statusListIndex", credential: "statusListCredential", sized: true, minimum: MinBits,
	}
	list2021 = dialect{
		entry: "StatusList2021Entry", list: "StatusList2021Credential", subject: "StatusList2021",
		index: "statusListIndex", credential: "statusListCredential",
	}
	list2020 = dialect{
		entry: "RevocationList2020Status", list: "RevocationList2020Credential", subject: "RevocationList2020",
		index: "revocationListIndex", credential: "revocationListCredential", purpose: "revocation",
	}
)

// An entry refers to one entry in a list of bits.
type entry struct {
	list     string // URL
	purpose  string
	index    uint64
	size     uint64 // in bits
	messages map[uint64]string
}

// read parses credentialStatus (specs E1.1, E2.1). Its errors become details of a
// check.
func (d dialect) read(s vc.Status) (entry, error) {
	v := s.Value
	e := entry{list: v.Get(d.credential).Str(), purpose: d.purpose, size: 1}
	if e.list == "" {
		return e, fmt.Errorf("the status entry has no %s", d.credential)
	}
	if s.ID == e.list {
		return e, fmt.Errorf("the id of the status entry is the list's address")
	}
	if e.purpose == "" {
		e.purpose = v.Get("statusPurpose").Str()
	}
	if e.purpose == "" {
		return e, fmt.Errorf("the status entry has no purpose")
	}
	var err error
	if e.index, err = natural(v.Get(d.index)); err != nil {
		return e, fmt.Errorf("%s: %w", d.index, err)
	}
	if size := v.Get("statusSize"); d.sized && size != nil {
		if e.size, err = natural(size); err != nil || e.size == 0 || e.size > maxSize {
			return e, fmt.Errorf("statusSize is not a number from 1 to %d", maxSize)
		}
	}
	e.messages, err = messages(v.Get("statusMessage"), e.size)
	return e, err
}

// natural parses a natural number, as a string or, as some issuers write it, a
// number.
func natural(v *vc.Value) (uint64, error) {
	text := v.Text()
	if !v.Is(vc.String) && !v.Is(vc.Number) || text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, fmt.Errorf("%.40q is not a whole number", text)
	}
	n, err := strconv.ParseUint(text, 10, 53)
	if err != nil {
		return 0, fmt.Errorf("%.40q is too large", text)
	}
	return n, nil
}

// messages parses the meanings of the values of a wide entry. A missing one is
// tolerated: the value is shown instead.
func messages(v *vc.Value, size uint64) (map[uint64]string, error) {
	out := map[uint64]string{}
	for _, m := range v.List() {
		hex, ok := strings.CutPrefix(m.Get("status").Str(), "0x")
		n, err := strconv.ParseUint(hex, 16, 32)
		if !ok || err != nil || n >= 1<<size {
			return nil, fmt.Errorf("statusMessage: %.40q is not a hexadecimal value of %d bits", m.Get("status").Text(), size)
		}
		if _, twice := out[n]; twice {
			return nil, fmt.Errorf("statusMessage: 0x%x is repeated", n)
		}
		out[n] = m.Get("message").Str()
	}
	return out, nil
}

// result interprets a value (specs E1.5, E1.7).
func (e entry) result(v uint64) vc.StatusResult {
	out := vc.StatusResult{Outcome: vc.Passed, Purpose: e.purpose, List: e.list, Detail: e.messages[v]}
	if out.Detail == "" && e.size > 1 {
		out.Detail = fmt.Sprintf("0x%x", v)
	}
	switch {
	case e.purpose == "message":
		if v != 0 || e.messages[v] != "" {
			out.Reason = vc.ReasonStatusMessage
		}
	case v == 0:
		out.Detail = ""
	case e.purpose == "revocation":
		out.Outcome, out.Reason = vc.Failed, vc.ReasonRevoked
	case e.purpose == "suspension":
		out.Outcome, out.Reason = vc.Failed, vc.ReasonSuspended
	case e.purpose == "refresh":
		out.Reason = vc.ReasonRefreshDue
	default:
		out.Outcome, out.Reason = vc.Unknown, vc.ReasonUnsupported
		out.Detail = fmt.Sprintf("the status for %.60q is set %s", e.purpose, out.Detail)
	}
	return out
}
