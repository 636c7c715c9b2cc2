package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"time"
)

// An entry is a file of an archive: its name there, the file that it is made of, and its permissions.
type entry struct {
	name, from string
	mode       fs.FileMode
}

// epoch is when all files of an archive were written: the earliest time that both formats can tell.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// extension is that of the platform's archives.
func (p platform) extension() string {
	if p.goos == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// pack writes the archive that people of the platform expect, all files in one folder.
func (p platform) pack(out io.Writer, folder string, entries []entry) error {
	if p.goos == "windows" {
		return packZip(out, folder, entries)
	}
	return packTar(out, folder, entries)
}

func packTar(out io.Writer, folder string, entries []entry) error {
	compressed, err := gzip.NewWriterLevel(out, gzip.BestCompression) // its header has neither name nor time
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, e := range entries {
		data, err := os.ReadFile(e.from)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: folder + "/" + e.name, Mode: int64(e.mode), Size: int64(len(data)), ModTime: epoch, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(data); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func packZip(out io.Writer, folder string, entries []entry) error {
	archive := zip.NewWriter(out)
	for _, e := range entries {
		data, err := os.ReadFile(e.from)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: folder + "/" + e.name, Method: zip.Deflate, Modified: epoch}
		header.SetMode(e.mode)
		w, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return archive.Close()
}
