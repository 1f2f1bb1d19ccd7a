// Package bomb makes small files that unpack to a gigabyte, and checks that opening
// them stays within limits. It imports no other package of the project, so that all
// tests can use it.
package bomb

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"runtime/metrics"
	"testing"
)

// Size is the unpacked size in bytes of each bomb. All bytes are zero.
const Size = 1 << 30

const step = 1 << 20

// Deflated returns a bomb in DEFLATE (RFC 1951), about one megabyte.
func Deflated() []byte {
	var chunk bytes.Buffer
	w, _ := flate.NewWriter(&chunk, flate.BestCompression)
	w.Write(make([]byte, step))
	w.Flush() // aligns to a byte
	return append(bytes.Repeat(chunk.Bytes(), Size/step), 3, 0)
}

// checksum is the CRC-32 of Size zeros.
const checksum = 0x5b64c2b0

// Gzip returns a bomb in gzip (RFC 1952) that states its true size.
func Gzip() []byte {
	out := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}, Deflated()...)
	out = binary.LittleEndian.AppendUint32(out, checksum)
	return binary.LittleEndian.AppendUint32(out, Size)
}

// Zlib returns a bomb in zlib (RFC 1950).
func Zlib() []byte {
	out := append([]byte{0x78, 0xda}, Deflated()...)
	return binary.BigEndian.AppendUint32(out, uint32(Size%65521)<<16|1) // the Adler-32 of zeros
}

// ZIP returns a ZIP with one file whose directory entry states the size said.
func ZIP(t testing.TB, name string, said uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	packed := Deflated()
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: checksum, CompressedSize64: uint64(len(packed)), UncompressedSize64: said})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(packed)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// most limits the total of allocations during a test, including memory that is freed
// at once. The race detector doubles that total.
const most = 96 << 20

// Contained fails the test if fn allocates as much memory as unpacking a bomb takes.
// No other goroutine may allocate meanwhile.
func Contained(t testing.TB, what string, fn func()) {
	t.Helper()
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	fn()
	metrics.Read(sample)
	if took := sample[0].Value.Uint64() - before; took > most {
		t.Errorf("%s took %d MiB", what, took>>20)
	}
}
