// Gradients by the weights: rows of sources and of gradients become rows of words, then are multiplied tile by tile.
//
// A word of f32 is a number where it stands. A word of bf16 is a pair of neighbouring pixels' numbers, so that rows are
// packed: the gradient's as pairs (0, 1), (2, 3), …, a source's as all pairs (-1, 0), (0, 1), (1, 2), …, of which every
// other one, beginning with the tap, meets the gradient's.
#include <string.h>

#include "train_rows.h"

enum {
  BAND = 64,               ///< the most rows of a band
  BAND_BYTES = 512 << 10,  ///< about what the rows of a band take: half of a second-level cache
  ALIGNMENT = 16,          ///< words of a line of memory
};

/// How a layer's rows are multiplied; sizes are words.
typedef struct plan {
  const ck_train_kernel *kernel;
  ck_train_layer layer;
  bool is_upconv;
  bool copies_windows;       ///< whole windows are copied to rows, as one row of a window: what suits few channels
  bool packs_gradient;       ///< whether gradients are packed; sources are for bf16 or windows
  int32_t sources;           ///< of rows, 1 or 2
  int32_t rows_down;         ///< of a window
  int32_t width;             ///< words of one output along a row
  int32_t places;            ///< of a transposed convolution, 4; otherwise 1
  int32_t run[2];            ///< per source, words of a row of a window
  ptrdiff_t step[2];         ///< between the windows of a row of each source that are next to each other
  int32_t first, outputs;    ///< the outputs to do
  ptrdiff_t gradient_words;  ///< between words of one output of a packed gradient
  ptrdiff_t source_row[2], gradient_row;  ///< room for a packed row of a source, and for one of a gradient's places
  int32_t band, source_rows;              ///< rows of outputs, and rows of sources, that a band has room for
} plan;

static ptrdiff_t round_up(ptrdiff_t n, ptrdiff_t unit) { return (n + unit - 1) / unit * unit; }

/// Words between packed pixels: distances that are multiples of many lines would share few places in a cache.
static ptrdiff_t spread(ptrdiff_t words) { return words % 128 == 0 ? words + ALIGNMENT : words; }

/// Sets what a row of source `s` takes.
static void plan_source(plan *p, int32_t s) {
  const int32_t pair = p->kernel->pair, channels = p->layer.in[s];
  if (p->copies_windows) {
    p->run[s] = s == 0 ? (int32_t)round_up(9 * (p->layer.in[0] + p->layer.in[1]), 8) : 0;
    p->step[s] = p->run[s];
    p->source_row[s] = round_up((ptrdiff_t)p->width * p->run[s], ALIGNMENT);
    return;
  }
  p->run[s] = p->is_upconv ? channels : 3 * channels;
  // Where there are taps beside the middle one, pairs begin at every pixel, and at one beyond where the width is odd.
  p->step[s] = p->is_upconv ? channels : pair * channels;
  p->source_row[s] = round_up((ptrdiff_t)channels * (p->is_upconv ? p->width : pair * p->width + 2), ALIGNMENT);
}

/// The plan of all outputs: bands are the same for some of them.
static plan plan_of(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width) {
  plan p = {.kernel = kernel, .layer = *layer, .outputs = layer->out[0]};
  p.is_upconv = layer->kind == CK_TRAIN_UPCONV2X2;
  p.copies_windows =
      !p.is_upconv && (layer->kind == CK_TRAIN_CONV3X3_STRIDE2 || layer->in[0] % 8 != 0 || layer->in[1] % 8 != 0);
  p.sources = layer->in[1] && !p.copies_windows ? 2 : 1;
  p.rows_down = p.copies_windows || p.is_upconv ? 1 : 3;
  p.places = p.is_upconv ? 4 : 1;
  p.width = (width + kernel->pair - 1) / kernel->pair;
  plan_source(&p, 0);
  plan_source(&p, 1);
  p.gradient_words = spread(layer->out[0]);
  p.gradient_row = round_up(p.width * p.gradient_words, ALIGNMENT);
  const ptrdiff_t words = p.source_row[0] + p.source_row[1] + p.places * p.gradient_row;
  const ptrdiff_t rows = BAND_BYTES / (ptrdiff_t)sizeof(uint32_t) / words;
  p.band = rows < 2 ? 2 : rows > BAND ? BAND : (int32_t)rows;
  p.source_rows = p.rows_down == 1 ? p.band : p.band + p.band / 4 + 2;
  return p;
}

static bool packs_sources(const plan *p) { return p->kernel->pair == 2 || p->copies_windows; }

size_t ck_train_gradient_scratch_size(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width) {
  const plan p = plan_of(kernel, layer, width);
  const ptrdiff_t row = p.source_row[0] + p.source_row[1];
  const ptrdiff_t sources = packs_sources(&p) ? p.source_rows * row : 0;
  return sizeof(uint32_t) * (size_t)(p.band * p.places * p.gradient_row + sources);
}

/// Packs row y of picture n of a source.
static void pack_source(const plan *p, uint32_t *words, const ck_batch *src, int32_t n, int32_t y) {
  const ptrdiff_t size = src->channels * ck_real_size(src->real);
  const bool up = p->is_upconv;
  const ptrdiff_t words_step = src->channels;
  const char *first = ck_batch_pixel(src, n, y, up ? 0 : -1);
  const int32_t pairs = up ? src->width / 2 : src->width + 1;
  p->kernel->pack_pairs(words, words_step, first, first + size, up ? 2 * size : size, pairs, src->channels);
  if (src->width % 2 == 0) return;
  // The last pixel, or the border's, has no neighbour.
  words += pairs * words_step;
  p->kernel->pack_pairs(words, words_step, first + pairs * (up ? 2 : 1) * size, NULL, size, 1, src->channels);
}

/// Copies the windows of row y of outputs, of one kind of number.
static void pack_windows(const plan *p, uint32_t *words, const ck_train_gradient_args *args, int32_t n, int32_t y) {
  const int32_t stride = p->layer.kind == CK_TRAIN_CONV3X3_STRIDE2 ? 2 : 1, pair = p->kernel->pair;
  const int32_t width = args->gradient.width;
  memset(words, 0, sizeof *words * (size_t)p->source_row[0]);
  for (int32_t ky = 0; ky < 3; ky++) {
    for (int32_t s = 0; s < (p->layer.in[1] ? 2 : 1); s++) {
      const ck_batch *src = &args->src[s];
      const int32_t run = 3 * src->channels;
      const char *row = ck_batch_pixel(src, n, stride * y + ky - 1, -1);
      for (int32_t x = 0; x < width; x++, row += stride * src->channels * ck_real_size(src->real)) {
        uint32_t *to = words + x / pair * p->step[0];
        if (pair == 1) {
          const uint32_t *from = (const uint32_t *)(const void *)row;
          for (int32_t i = 0; i < run; i++) to[i] = from[i];
        } else {
          const uint16_t *from = (const uint16_t *)(const void *)row;
          for (int32_t i = 0; i < run; i++) to[i] |= (uint32_t)from[i] << 16 * (x % 2);
        }
      }
      words += run;
    }
  }
}

/// Packs `width` pixels of a gradient that lie `step` bytes apart.
static void pack_gradient(const plan *p, uint32_t *words, const char *row, ptrdiff_t step, int32_t width,
                          ck_real real) {
  row += p->first * ck_real_size(real);
  if (p->kernel->pair == 2) {
    p->kernel->pack_pairs(words, p->gradient_words, row, row + step, 2 * step, width / 2, p->outputs);
    if (width % 2 == 0) return;
    p->kernel->pack_pairs(words + width / 2 * p->gradient_words, 0, row + (width - 1) * step, NULL, 0, 1, p->outputs);
    return;
  }
  for (int32_t x = 0; x < width; x++, words += p->gradient_words, row += step) {
    const uint16_t *from = (const uint16_t *)(const void *)row;
    for (int32_t o = 0; o < p->outputs; o++) words[o] = (uint32_t)from[o] << 16;
  }
}

/// Rows of outputs that are multiplied together: where their words are.
typedef struct band {
  uint32_t *free_gradients, *free_sources;  ///< in the scratch memory
  const uint32_t *sources[2][3][BAND];      ///< per source, tap of a column and row
  const uint32_t *gradients[4][BAND];       ///< per place and row
  ptrdiff_t gradient_step;
  int32_t count;
  bool adds;
} band;

/// Makes the words of row y of picture n of a gradient, at all places.
static void take_gradient(const plan *p, band *b, const ck_train_gradient_args *args, int32_t n, int32_t y) {
  const ck_batch *gradient = &args->gradient;
  const int32_t factor = p->is_upconv ? 2 : 1;
  const ptrdiff_t step = factor * gradient->channels * ck_real_size(gradient->real);
  b->gradient_step = p->packs_gradient ? p->gradient_words : factor * gradient->channels;
  for (int32_t place = 0; place < p->places; place++) {
    const char *row = ck_batch_pixel(gradient, n, factor * y + place / 2, place % 2);
    uint32_t *words = b->free_gradients + (b->count * p->places + place) * p->gradient_row;
    b->gradients[place][b->count] = p->packs_gradient ? words : (const uint32_t *)(const void *)row + p->first;
    if (p->packs_gradient) pack_gradient(p, words, row, step, gradient->width / factor, gradient->real);
  }
}

/// Makes the words of row y of picture n of all sources, as the `index`th in the scratch memory.
static void take_sources(const plan *p, band *b, const ck_train_gradient_args *args, int32_t n, int32_t y,
                         int32_t index) {
  uint32_t *words = b->free_sources + index * (p->source_row[0] + p->source_row[1]);
  if (p->copies_windows) {
    pack_windows(p, words, args, n, y);
    return;
  }
  for (int32_t s = 0; s < (p->layer.in[1] ? 2 : 1); s++, words += p->source_row[0]) {
    pack_source(p, words, &args->src[s], n, y);
  }
}

/// Notes where the sources of the band's next row are: rows y - 1 ... y + 1 (or y) of picture n, of which the last is
/// the `packed` - 1st in the scratch memory.
static void note_sources(const plan *p, band *b, const ck_train_gradient_args *args, int32_t n, int32_t y,
                         int32_t packed) {
  for (int32_t s = 0; s < p->sources; s++) {
    for (int32_t ky = 0; ky < p->rows_down; ky++) {
      const int32_t before = p->rows_down == 3 ? 1 : 0;
      const ptrdiff_t index = packed - p->rows_down + ky;
      b->sources[s][ky][b->count] =
          packs_sources(p)
              ? b->free_sources + index * (p->source_row[0] + p->source_row[1]) + (s ? p->source_row[0] : 0)
              : (const uint32_t *)(const void *)ck_batch_pixel(&args->src[s], n, y + ky - before, -before);
    }
  }
}

/// Takes rows from `begin` on, as many as there is room for; returns the first row that is not taken.
static int32_t take_band(const plan *p, band *b, const ck_train_gradient_args *args, int32_t begin) {
  const int32_t height = p->is_upconv ? args->src[0].height : args->gradient.height;
  int32_t packed = 0, next = 0;  // rows of sources so far, and the y of the next one in its picture, counted from taps
  b->count = 0;
  for (int32_t r = begin; r < args->row_end && b->count < p->band; r++, b->count++) {
    const int32_t n = r / height, y = r % height;
    if (b->count == 0 || y == 0) next = y;
    if (packed + y + p->rows_down - next > p->source_rows) break;
    for (; next < y + p->rows_down; next++, packed++) {
      if (packs_sources(p)) take_sources(p, b, args, n, p->rows_down == 3 ? next - 1 : next, packed);
    }
    note_sources(p, b, args, n, y, packed);
    take_gradient(p, b, args, n, y);
  }
  return begin + b->count;
}

/// Multiplies 8 outputs' gradients with a run that is longer than what is left of a part's: the rest is not a weight.
static void multiply_last(const plan *p, ck_train_products to, int32_t weights) {
  float sums[CK_TRAIN_OUTPUTS][CK_TRAIN_BLOCK];
  float *part = to.part;
  const ptrdiff_t stride = to.part_stride;
  const bool adds = to.adds;
  to.part = sums[0], to.part_stride = CK_TRAIN_BLOCK, to.adds = false;
  p->kernel->products(&to);
  for (int32_t o = 0; o < CK_TRAIN_OUTPUTS; o++) {
    for (int32_t i = 0; i < weights; i++) part[o * stride + i] = (adds ? part[o * stride + i] : 0) + sums[o][i];
  }
}

/// Multiplies the outputs' gradients at one place with a row of the windows in a source.
static void multiply_row(const plan *p, const band *b, const ck_train_gradient_args *args, int32_t place, int32_t s,
                         int32_t ky) {
  const int32_t tap = p->is_upconv ? place : 3 * ky;
  const int32_t weights = p->copies_windows ? 9 * (p->layer.in[0] + p->layer.in[1]) : p->run[s];
  ck_train_products to = {.gradients = b->gradients[place], .gradient_step = b->gradient_step};
  to.sources = b->sources[s][ky], to.step = p->step[s];
  to.row_count = b->count, to.width = p->width, to.adds = b->adds;
  to.part_stride = ck_train_part_offset(&p->layer, 1, tap, s) - ck_train_part_offset(&p->layer, 0, tap, s);
  for (int32_t first = 0; first < p->run[s]; first += to.run) {
    to.run = ck_train_next_block(p->kernel, p->run[s] - first);
    to.offset = first;
    for (int32_t o = 0; o < p->outputs; o += CK_TRAIN_OUTPUTS) {
      to.gradient_offset = o;
      to.part = args->part + ck_train_part_offset(&p->layer, p->first + o, tap, s) + first;
      if (first + to.run > weights) {
        multiply_last(p, to, weights - first);
      } else {
        p->kernel->products(&to);
      }
    }
  }
}

static void multiply_band(const plan *p, const band *b, const ck_train_gradient_args *args) {
  for (int32_t place = 0; place < p->places; place++) {
    for (int32_t s = 0; s < p->sources; s++) {
      for (int32_t ky = 0; ky < p->rows_down; ky++) multiply_row(p, b, args, place, s, ky);
    }
  }
}

void ck_train_weight_gradient(const ck_train_kernel *kernel, const ck_train_gradient_args *args) {
  const int32_t width = args->layer.kind == CK_TRAIN_UPCONV2X2 ? args->src[0].width : args->gradient.width;
  plan p = plan_of(kernel, &args->layer, width);
  p.first = args->channel_begin, p.outputs = args->channel_end - args->channel_begin;
  p.packs_gradient = kernel->pair == 2 || args->gradient.real != CK_REAL_F32;
  band b = {.free_gradients = args->scratch, .adds = args->adds};
  b.free_sources = b.free_gradients + p.band * p.places * p.gradient_row;
  if (args->row_begin == args->row_end && !args->adds) ck_train_clear_part(args);
  for (int32_t row = args->row_begin; row < args->row_end; b.adds = true) {
    row = take_band(&p, &b, args, row);
    multiply_band(&p, &b, args);
  }
}
