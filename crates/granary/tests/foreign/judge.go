// A judge that nobody here wrote the mathematics of: Go's checksum database (golang.org/x/mod/sumdb) reads a static log,
// its checkpoint, every entry, proofs of inclusion and consistency, and receipts.
//
//	judge log <folder> <vkey> [<old checkpoint>]
//	judge receipt <file> <vkey>
//
// Prints "ok" or the first thing that is wrong; exit 0 or 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, args ...interface{}) {
	fmt.Printf("BAD "+format+"\n", args...)
	os.Exit(1)
}

// open reads a checkpoint: signed by the key, three lines.
func open(name string, msg []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		fail("key: %v", err)
	}
	opened, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		fail("%s: %v", name, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("%s: not three lines of %s", name, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("%s: size: %v", name, err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		fail("%s: root: %v", name, err)
	}
	return tlog.Tree{N: size, Hash: root}
}

// folder gives tiles by the names of C2SP, which leave the height out.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// entries reads the bundle number n of a tree.
func entries(dir string, n, size int64) [][]byte {
	width := size - n*256
	path := fmt.Sprintf("tile/entries/%03d", n)
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	} else {
		width = 256
	}
	data, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		fail("%s: %v", path, err)
	}
	var found [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			fail("%s: ends within entry %d", path, len(found))
		}
		length := int(binary.BigEndian.Uint16(data))
		found = append(found, data[2:2+length])
		data = data[2+length:]
	}
	if int64(len(found)) != width {
		fail("%s: %d entries instead of %d", path, len(found), width)
	}
	return found
}

func log(dir, vkey string, old []byte) {
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		fail("%v", err)
	}
	tree := open("checkpoint", msg, vkey)
	reader := tlog.TileHashReader(tree, folder(dir))
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || root != tree.Hash {
		fail("tiles: root %v: %v", root, err)
	}
	for n := int64(0); n*256 < tree.N; n++ {
		for at, entry := range entries(dir, n, tree.N) {
			index := n*256 + int64(at)
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				fail("event %d: %v", index+1, err)
			}
			if hashes[0] != tlog.RecordHash(entry) {
				fail("event %d is not the one that was recorded", index+1)
			}
			// Every proof would be the square of the log: the ends, and some between.
			if index%97 == 0 || index == tree.N-1 {
				proof, err := tlog.ProveRecord(tree.N, index, reader)
				if err != nil {
					fail("event %d: %v", index+1, err)
				}
				if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
					fail("event %d: %v", index+1, err)
				}
			}
		}
	}
	if old != nil {
		before := open("old checkpoint", old, vkey)
		if before.N > tree.N {
			fail("rolled back: %d entries before, %d now", before.N, tree.N)
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err != nil {
			fail("consistency: %v", err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			fail("forked: the log does not continue the old checkpoint: %v", err)
		}
	}
	fmt.Printf("ok %d\n", tree.N)
}

func receipt(path, vkey string) {
	data, err := os.ReadFile(path)
	if err != nil {
		fail("%v", err)
	}
	end := bytes.Index(data, []byte("\n\n"))
	if end < 0 {
		fail("no checkpoint in the receipt")
	}
	tree := open("checkpoint", data[end+2:], vkey)
	lines := strings.Split(string(data[:end]), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		fail("not a receipt with its entry")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		fail("extra: %v", err)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		fail("index: %v", err)
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			fail("proof: %v", err)
		}
		proof = append(proof, hash)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		fail("receipt: %v", err)
	}
	fmt.Printf("ok %d\n", index+1)
}

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 3 && args[0] == "log":
		log(args[1], args[2], nil)
	case len(args) == 4 && args[0] == "log":
		old, err := os.ReadFile(args[3])
		if err != nil {
			fail("%v", err)
		}
		log(args[1], args[2], old)
	case len(args) == 3 && args[0] == "receipt":
		receipt(args[1], args[2])
	default:
		fmt.Println("judge log <folder> <vkey> [<old checkpoint>] | judge receipt <file> <vkey>")
		os.Exit(64)
	}
}
