package extract

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
)

// pageScan is the picture of a page that holds no text of its own.
type pageScan struct {
	page int
	png  []byte
}

// scanDPI is the resolution of those pictures, maxScanSide their longest side in
// pixels.
const scanDPI, maxScanSide = 200, 3400

// scan makes the picture of a page for OCR. Without OCR it only counts the page.
func (d *pdfDocument) scan(ctx context.Context, g *pdfPage) {
	d.images++
	if d.r.s.x.OCR == nil || len(d.scans) >= d.r.s.x.Limits.OCRPages {
		return
	}
	if picture := g.render(ctx); picture != nil {
		d.scans = append(d.scans, pageScan{page: g.number, png: picture})
		d.r.s.pdfTime.earned += pdfPerScan
	}
}

// render draws a page in shades of grey; nil when it cannot.
func (g *pdfPage) render(ctx context.Context) []byte {
	p := g.p
	width, height := g.size("FPDF_GetPageWidthF"), g.size("FPDF_GetPageHeightF")
	scale := min(scanDPI/72.0, maxScanSide/max(width, height, 1))
	w, h := int(width*scale), int(height*scale)
	if w <= 0 || h <= 0 {
		return nil
	}
	const grey = 1 // FPDFBitmap_Gray
	bitmap := p.quick("FPDFBitmap_CreateEx", uint64(w), uint64(h), grey, 0, 0)
	if bitmap == 0 {
		return nil
	}
	defer p.quick("FPDFBitmap_Destroy", uint64(bitmap))
	p.quick("FPDFBitmap_FillRect", uint64(bitmap), 0, 0, uint64(w), uint64(h), 0xffffffff)
	const withAnnotations = 1
	if _, err := p.call(ctx, "FPDF_RenderPageBitmap", uint64(bitmap), g.handle, 0, 0, uint64(w), uint64(h), 0, withAnnotations); err != nil {
		return nil
	}
	stride := int(p.quick("FPDFBitmap_GetStride", uint64(bitmap)))
	pixels := p.get(p.quick("FPDFBitmap_GetBuffer", uint64(bitmap)), stride*h)
	if len(pixels) < stride*h || stride < w {
		return nil
	}
	var out bytes.Buffer
	picture := &image.Gray{Pix: pixels, Stride: stride, Rect: image.Rect(0, 0, w, h)}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, picture); err != nil {
		return nil
	}
	return out.Bytes()
}

// size is a measure of the page in points, which the function answers as a float.
func (g *pdfPage) size(name string) float64 {
	v := float64(math.Float32frombits(g.p.quick(name, g.handle)))
	if math.IsNaN(v) || v < 1 || v > 20000 {
		return 0
	}
	return v
}

// readScans reads the pictures of pages; those that could not be read leave the
// document unsupported.
func (r *reading) readScans(scans []pageScan, images int) error {
	read := 0
	var doubtful error
	for _, s := range scans {
		text, err := r.ocr(s.png)
		if err != nil {
			return err
		}
		read++
		err = r.ocrText(fmt.Sprintf("page %d as a picture", s.page), text)
		if err != nil && !errors.Is(err, errUncertain) {
			return err
		}
		doubtful = cmp.Or(doubtful, err)
	}
	switch {
	case read == images:
		return doubtful
	case images > len(scans) && len(scans) == r.s.x.Limits.OCRPages:
		return fmt.Errorf("read pages as pictures: %w", errTooLarge)
	}
	return fmt.Errorf("read pages as pictures: %w", errUnsupported)
}
