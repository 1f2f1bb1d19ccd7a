package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// A zeros is an endless file of zero bytes.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// memoryMost returns the peak resident memory of a process, in MiB.
func memoryMost(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("this system does not report the memory of a process: ", err)
	}
	kib, err := strconv.Atoi(string(regexp.MustCompile(`VmHWM:\s+(\d+)`).FindSubmatch(status)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}

// upload submits one file of a given size for a check, and returns the status.
func upload(t *testing.T, url, network string, size int64) int {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if _, err := form.CreateFormFile("files", "nothing.bin"); err != nil {
		t.Error(err)
	}
	tail := "\r\n--" + form.Boundary() + "--\r\n"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/verify",
		io.MultiReader(bytes.NewReader(head.Bytes()), io.LimitReader(zeros{}, size), bytes.NewReader([]byte(tail))))
	if err != nil {
		t.Error(err)
		return 0
	}
	req.ContentLength = int64(head.Len()) + size + int64(len(tail))
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("X-Forwarded-For", network)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// TestThreat33SoakManyUploads: 64 visitors who upload as much as they may at
// once do not take 64 times the memory, and all get an answer.
func TestThreat33SoakManyUploads(t *testing.T) {
	if os.Getenv("BACKPACK_TEST_SOAK") == "" {
		t.Skip("it moves four gigabytes; make soak runs it (BACKPACK_TEST_SOAK)")
	}
	c := spawn(t, []string{"BACKPACK_TRUSTED_PROXIES=127.0.0.0/8"}, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	before := memoryMost(t, c.cmd.Process.Pid)
	var all sync.WaitGroup
	var served, later atomic.Int64
	for i := range 64 {
		all.Go(func() {
			switch status := upload(t, c.url, fmt.Sprintf("198.51.100.%d", i), 64<<20-4096); status {
			case http.StatusOK:
				served.Add(1)
			case http.StatusServiceUnavailable:
				later.Add(1)
			default:
				t.Errorf("status %d", status)
			}
		})
	}
	all.Wait()
	most := memoryMost(t, c.cmd.Process.Pid)
	t.Logf("%d served, %d told to come back; at most %d MiB in memory, %d before", served.Load(), later.Load(), most, before)
	if most > 1536 || served.Load() == 0 {
		t.Errorf("%d MiB, %d served", most, served.Load())
	}
}
