// Gradients by the weights: rows of sources and of gradients become rows of words, then are multiplied tile by tile.
//
// A word of f32 is a number where it stands. A word of bf16 is a pair of neighbouring pixels' numbers, so that rows are
// packed: the gradient's as pairs (0, 1), (2, 3), …, a source's as all pairs (-1, 0), (0, 1), (1, 2), …, of which every
// other one, beginning with the tap, meets the gradient's.
#include <string.h>

#include "train_rows.h"

enum {
  INPUTS = 8,              ///< of a tile
  BAND = 64,               ///< the most rows of a band
  BAND_BYTES = 512 << 10,  ///< about what the rows of a band take: half of a second-level cache
  ALIGNMENT = 16,          ///< words of a line of memory
};

/// How a layer's rows are multiplied; sizes are words.
typedef struct plan {
  const ck_train_kernel *kernel;
  ck_train_layer layer;
  bool is_upconv;
  bool copies_windows;       ///< whole windows are copied to rows, as inputs of a single tap: what suits few channels
  bool packs_gradient;       ///< whether gradients are packed; sources are for bf16 or windows
  int32_t taps;              ///< along one side of a window
  int32_t width;             ///< words of one output along a row
  int32_t places;            ///< of a transposed convolution, 4; otherwise 1
  int32_t inputs[2];         ///< per source, rows of a part that a tap has
  ptrdiff_t step[2];         ///< between words of a row of each source that are next to each other
  ptrdiff_t gradient_words;  ///< between those of a packed gradient
  ptrdiff_t source_row[2], gradient_row;  ///< room for a packed row of a source, and for one of a gradient's places
  int32_t band, source_rows;              ///< rows of outputs, and rows of sources, that a band has room for
} plan;

static ptrdiff_t round_up(ptrdiff_t n, ptrdiff_t unit) { return (n + unit - 1) / unit * unit; }

/// Words between packed pixels: distances that are multiples of many lines would share few places in a cache.
static ptrdiff_t spread(ptrdiff_t words) { return words % 128 == 0 ? words + ALIGNMENT : words; }

static plan plan_of(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width, bool packs_gradient) {
  plan p = {.kernel = kernel, .layer = *layer, .is_upconv = layer->kind == CK_TRAIN_UPCONV2X2};
  const int32_t pair = kernel->pair;
  p.copies_windows = !p.is_upconv && (layer->kind == CK_TRAIN_CONV3X3_STRIDE2 || layer->in[0] % INPUTS != 0 ||
                                      layer->in[1] % INPUTS != 0);
  p.packs_gradient = packs_gradient;
  p.taps = p.copies_windows || p.is_upconv ? 1 : 3;
  p.places = p.is_upconv ? 4 : 1;
  p.width = (width + pair - 1) / pair;
  for (int32_t s = 0; s < 2; s++) {
    p.inputs[s] = p.copies_windows ? (s == 0 ? 9 * (layer->in[0] + layer->in[1]) : 0) : layer->in[s];
    const ptrdiff_t pixel = spread(round_up(p.inputs[s], INPUTS));
    // Where there are taps beside the middle one, pairs begin at every pixel, and at one beyond where the width is odd.
    p.step[s] = pair == 2 && p.taps == 3 ? 2 * pixel : pixel;
    if (pair == 1 && !p.copies_windows) p.step[s] = p.inputs[s];
    p.source_row[s] = round_up(pixel * (p.taps == 3 ? pair * p.width + 2 : p.width), ALIGNMENT);
  }
  p.gradient_words = spread(layer->out[0]);
  p.gradient_row = round_up(p.width * p.gradient_words, ALIGNMENT);
  const ptrdiff_t bytes = (ptrdiff_t)sizeof(uint32_t) * (p.source_row[0] + p.source_row[1] + p.places * p.gradient_row);
  const ptrdiff_t rows = BAND_BYTES / bytes;
  p.band = rows < 2 ? 2 : rows > BAND ? BAND : (int32_t)rows;
  p.source_rows = p.taps == 1 ? p.band : p.band + p.band / 4 + 2;
  return p;
}

static bool packs_sources(const plan *p) { return p->kernel->pair == 2 || p->copies_windows; }

size_t ck_train_gradient_scratch_size(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width) {
  const plan p = plan_of(kernel, layer, width, true);
  const ptrdiff_t sources = packs_sources(&p) ? p.source_rows * (p.source_row[0] + p.source_row[1]) : 0;
  return sizeof(uint32_t) * (size_t)(p.band * p.places * p.gradient_row + sources);
}

/// Packs row y of picture n of a source.
static void pack_source(const plan *p, uint32_t *words, const ck_batch *src, int32_t s, int32_t n, int32_t y) {
  const ptrdiff_t size = src->channels * ck_real_size(src->real);
  const bool up = p->is_upconv;
  const ptrdiff_t words_step = up ? p->step[s] : p->step[s] / 2;
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
  memset(words, 0, sizeof *words * (size_t)p->source_row[0]);
  for (int32_t x = 0; x < args->gradient.width; x++) {
    uint32_t *to = words + x / pair * p->step[0];
    for (int32_t tap = 0; tap < 9; tap++) {
      for (int32_t s = 0; s < (p->layer.in[1] ? 2 : 1); s++) {
        const ck_batch *src = &args->src[s];
        const char *pixel = ck_batch_pixel(src, n, stride * y + tap / 3 - 1, stride * x + tap % 3 - 1);
        if (pair == 1) {
          memcpy(to, pixel, sizeof *to * (size_t)src->channels);
        } else {
          for (int32_t i = 0; i < src->channels; i++) {
            to[i] |= (uint32_t)((const uint16_t *)(const void *)pixel)[i] << 16 * (x % 2);
          }
        }
        to += src->channels;
      }
    }
  }
}

/// Packs `width` pixels of a gradient that lie `step` bytes apart.
static void pack_gradient(const plan *p, uint32_t *words, const char *row, ptrdiff_t step, int32_t width,
                          ck_real real) {
  const int32_t out = p->layer.out[0];
  if (p->kernel->pair == 2) {
    p->kernel->pack_pairs(words, p->gradient_words, row, row + step, 2 * step, width / 2, out);
    if (width % 2 == 0) return;
    p->kernel->pack_pairs(words + width / 2 * p->gradient_words, 0, row + (width - 1) * step, NULL, 0, 1, out);
    return;
  }
  for (int32_t x = 0; x < width; x++, words += p->gradient_words) {
    for (int32_t o = 0; o < out; o++) {
      const float value = ck_real_at(row + x * step, real, o);
      memcpy(words + o, &value, sizeof value);
    }
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
    b->gradients[place][b->count] = p->packs_gradient ? words : (const uint32_t *)(const void *)row;
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
    pack_source(p, words, &args->src[s], s, n, y);
  }
}

/// Notes where the sources of the band's next row are: rows y - 1 ... y + 1 (or y) of picture n, of which the last is
/// the `packed` - 1st in the scratch memory.
static void note_sources(const plan *p, band *b, const ck_train_gradient_args *args, int32_t n, int32_t y,
                         int32_t packed) {
  for (int32_t s = 0; s < (p->inputs[1] ? 2 : 1); s++) {
    for (int32_t ky = 0; ky < p->taps; ky++) {
      const int32_t before = p->taps == 3 ? 1 : 0;
      const ptrdiff_t index = packed - p->taps + ky;
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
    if (packed + y + p->taps - next > p->source_rows) break;
    for (; next < y + p->taps; next++, packed++) {
      if (packs_sources(p)) take_sources(p, b, args, n, p->taps == 3 ? next - 1 : next, packed);
    }
    note_sources(p, b, args, n, y, packed);
    take_gradient(p, b, args, n, y);
  }
  return begin + b->count;
}

/// Multiplies a block of outputs with all inputs of a source.
static void multiply_block(const plan *p, const band *b, const ck_train_gradient_args *args, int32_t place, int32_t s,
                           ck_train_products *to) {
  const int32_t out = p->layer.out[0], all = p->inputs[0] + p->inputs[1];
  to->step = p->step[s];
  for (int32_t first = 0; first < p->inputs[s]; first += INPUTS) {
    to->inputs = p->inputs[s] - first < INPUTS ? p->inputs[s] - first : INPUTS;
    for (int32_t tap = 0; tap < p->taps * p->taps; tap++) {
      const ptrdiff_t row = (ptrdiff_t)(place + tap) * all + (s ? p->inputs[0] : 0) + first;
      to->rows = b->sources[s][tap / p->taps];
      to->offset = tap % p->taps * (p->step[s] / p->kernel->pair) + first;
      to->part = args->part + row * out + to->gradient_offset;
      p->kernel->products(to);
    }
  }
}

static void multiply_band(const plan *p, const band *b, const ck_train_gradient_args *args) {
  ck_train_products to = {.gradient_step = b->gradient_step, .row_count = b->count, .adds = b->adds};
  to.width = p->width, to.part_stride = p->layer.out[0];
  for (int32_t place = 0; place < p->places; place++) {
    to.gradients = b->gradients[place];
    for (int32_t first = args->channel_begin; first < args->channel_end; first += to.channels) {
      to.channels = ck_train_next_block(p->kernel, args->channel_end - first);
      to.gradient_offset = first;
      for (int32_t s = 0; s < (p->inputs[1] ? 2 : 1); s++) multiply_block(p, b, args, place, s, &to);
    }
  }
}

static void clear(const ck_train_gradient_args *args) {
  const int32_t in = args->layer.in[0] + args->layer.in[1], out = args->layer.out[0];
  for (ptrdiff_t row = 0; row < (ptrdiff_t)ck_train_taps(args->layer.kind) * in; row++) {
    memset(args->part + row * out + args->channel_begin, 0,
           sizeof(float) * (size_t)(args->channel_end - args->channel_begin));
  }
}

void ck_train_weight_gradient(const ck_train_kernel *kernel, const ck_train_gradient_args *args) {
  const int32_t width = args->layer.kind == CK_TRAIN_UPCONV2X2 ? args->src[0].width : args->gradient.width;
  const plan p = plan_of(kernel, &args->layer, width, kernel->pair == 2 || args->gradient.real != CK_REAL_F32);
  band b = {.free_gradients = args->scratch, .adds = args->adds};
  b.free_sources = b.free_gradients + p.band * p.places * p.gradient_row;
  if (args->row_begin == args->row_end && !args->adds) clear(args);
  for (int32_t row = args->row_begin; row < args->row_end; b.adds = true) {
    row = take_band(&p, &b, args, row);
    multiply_band(&p, &b, args);
  }
}
