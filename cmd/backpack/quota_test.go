package main

import "testing"

func TestByteSize(t *testing.T) {
	for s, want := range map[string]int64{"1": 1, "1048576": 1 << 20, "500MiB": 500 << 20, "2 GiB": 2 << 30, "7KiB": 7 << 10, "12B": 12, "3TiB": 3 << 40} {
		if got, err := byteSize(s); err != nil || got != want {
			t.Errorf("%s: %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0", "-1", "MiB", "5MB", "5 M", "1.5GiB", "9999999999TiB", "1e6", "5MiBMiB"} {
		if got, err := byteSize(s); err == nil {
			t.Errorf("%q: %d", s, got)
		}
	}
}

func TestQuotaSettings(t *testing.T) {
	v := map[string]string{}
	for _, s := range settings {
		v[s.name] = s.preset
	}
	v["QUOTA_BADGES"], v["QUOTA_BYTES"] = "70", "3MiB"
	c, err := parseConfig(v)
	if err != nil {
		t.Fatal(err)
	}
	if got := limits(c); got.Entries != 70 || got.Bytes != 3<<20 {
		t.Errorf("limits %+v", got)
	}
	got := setup{env: map[string]string{"BACKPACK_QUOTA_BADGES": "many", "BACKPACK_QUOTA_BYTES": "1 heap"}}.run(t, "serve")
	has(t, got.err, "BACKPACK_QUOTA_BADGES: must be a whole number", "BACKPACK_QUOTA_BYTES: must be a number of bytes")
}
