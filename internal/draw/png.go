package draw

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"sem.example/internal/graph"
)

// scale is how many dots of a PNG a pixel of a layout has.
const scale = 2.0

// largest is how many dots a side of a PNG may have; what is larger has less of them for a pixel.
const largest = 12000.0

// PNG prints a picture. Its texts must be quoted; characters that Go's fonts do not have are boxes.
func PNG(w io.Writer, g *graph.Graph, look Look) error {
	p := newPicture(g)
	c := &raster{colors: light, scale: min(scale, largest/p.width, largest/p.height), faces: map[faceKey]font.Face{}}
	if look.Theme == "dark" {
		c.colors = dark
	}
	c.image = image.NewRGBA(image.Rect(0, 0, int(math.Ceil(p.width*c.scale)), int(math.Ceil(p.height*c.scale))))
	p.draw(c)
	return png.Encode(w, c.image)
}

// A raster is a canvas of dots.
type raster struct {
	image  *image.RGBA
	colors theme
	scale  float64
	faces  map[faceKey]font.Face
}

type faceKey struct {
	size float64
	bold bool
}

func (r *raster) color(name string) color.RGBA {
	n, err := strconv.ParseUint(r.colors[name][1:], 16, 32)
	if err != nil {
		panic(err) // a theme is part of the program
	}
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 0xff}
}

// fill fills outlines; where they overlap they are one.
func (r *raster) fill(name string, outlines ...[]point) {
	var low, high point
	for i, o := range outlines {
		for j, p := range o {
			if i+j == 0 {
				low, high = p, p
			}
			low = point{min(low.x, p.x), min(low.y, p.y)}
			high = point{max(high.x, p.x), max(high.y, p.y)}
		}
	}
	area := image.Rect(int(low.x*r.scale)-1, int(low.y*r.scale)-1, int(high.x*r.scale)+2, int(high.y*r.scale)+2).Intersect(r.image.Bounds())
	if area.Empty() {
		return
	}
	z := vector.NewRasterizer(area.Dx(), area.Dy())
	for _, o := range outlines {
		for i, p := range o {
			x, y := float32(p.x*r.scale)-float32(area.Min.X), float32(p.y*r.scale)-float32(area.Min.Y)
			if i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
	}
	z.DrawOp = draw.Over
	z.Draw(r.image, area, image.NewUniform(r.color(name)), image.Point{})
}

func (r *raster) rect(x, y, w, h, radius float64, fill, stroke string) {
	if stroke != "" {
		const half = 0.6
		r.fill(stroke, rounded(x-half, y-half, w+2*half, h+2*half, radius+half))
		r.fill(fill, rounded(x+half, y+half, w-2*half, h-2*half, max(0, radius-half)))
		return
	}
	r.fill(fill, rounded(x, y, w, h, radius))
}

// rounded is the outline of a rectangle with round corners.
func rounded(x, y, w, h, radius float64) []point {
	var out []point
	for corner, center := range []point{{x + w - radius, y + h - radius}, {x + radius, y + h - radius}, {x + radius, y + radius}, {x + w - radius, y + radius}} {
		for step := range 9 {
			angle := (float64(corner) + float64(step)/8) * math.Pi / 2
			out = append(out, point{center.x + radius*math.Cos(angle), center.y + radius*math.Sin(angle)})
		}
	}
	return out
}

func (r *raster) shape(points []point, fill string) { r.fill(fill, points) }

func (r *raster) curve(points []point, stroke string, width float64, dashed bool) {
	var dots []point
	for i := 0; i+3 < len(points); i += 3 {
		for step := range 25 {
			dots = append(dots, at(points[i:i+4], float64(step)/24))
		}
	}
	const dash, gap = 5.0, 4.0
	walked := 0.0
	var outlines [][]point
	for i := 1; i < len(dots); i++ {
		from, to := dots[i-1], dots[i]
		length := math.Hypot(to.x-from.x, to.y-from.y)
		if length == 0 {
			continue
		}
		for at := 0.0; at < length; {
			phase, left := 0.0, length-at
			if dashed {
				phase = math.Mod(walked+at, dash+gap)
				if phase < dash {
					left = min(left, dash-phase)
				} else {
					left = min(left, dash+gap-phase)
				}
			}
			left = max(left, 0.01)
			if !dashed || phase < dash {
				outlines = append(outlines, segment(from, to, at/length, min(1, (at+left)/length), width))
			}
			at += left
		}
		walked += length
	}
	for _, o := range outlines {
		r.fill(stroke, o)
	}
}

// segment is the outline of a part of a straight line.
func segment(from, to point, start, end, width float64) []point {
	dx, dy := to.x-from.x, to.y-from.y
	length := math.Hypot(dx, dy)
	nx, ny := -dy/length*width/2, dx/length*width/2
	a, b := point{from.x + dx*start, from.y + dy*start}, point{from.x + dx*end, from.y + dy*end}
	return []point{{a.x + nx, a.y + ny}, {b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}}
}

func (r *raster) text(x, y, size float64, bold bool, fill, s string) {
	key := faceKey{size, bold}
	f := r.faces[key]
	if f == nil {
		f = newFace(bold, size*r.scale)
		r.faces[key] = f
	}
	d := font.Drawer{Dst: r.image, Src: image.NewUniform(r.color(fill)), Face: f, Dot: fixed.Point26_6{X: fixed.Int26_6(x * r.scale * 64), Y: fixed.Int26_6(y * r.scale * 64)}}
	d.DrawString(s)
}

func (r *raster) begin(_, _ string) {}

func (r *raster) end() {}
