// Gradients by the weights: rows of sources and of gradients are packed into panels, then multiplied tile by tile.
//
// A panel has the words of 8 inputs, or of a block of outputs, pixel by pixel in one run, so that the tiles read memory
// in order. Words of bf16 are pairs of neighbouring pixels; the taps left and right of the middle one meet pairs that
// begin one pixel earlier, so that a source's row is packed in both alignments.
#include <string.h>

#include "train_rows.h"

enum {
  INPUTS = 8,              ///< of a panel of sources
  BAND = 64,               ///< the most rows of a band
  BAND_BYTES = 512 << 10,  ///< about what the panels of a band take: half of a second-level cache
};

/// How a layer's panels lie in the scratch memory; sizes are words.
typedef struct plan {
  const ck_train_kernel *kernel;
  ck_train_layer layer;
  /// Windows are copied to panels, as further inputs of a single tap: what suits few channels.
  bool copies_windows;
  bool is_upconv;
  int32_t inputs;  ///< rows of a part that a tap has
  int32_t taps_down, taps_across;
  int32_t width;  ///< words of a row of outputs
  int32_t run;    ///< words of a row of a source's panel
  int32_t alignments;
  int32_t input_panels;
  ptrdiff_t source_row;       ///< of all inputs
  ptrdiff_t gradient_row;     ///< of the most outputs, and of all places of a transposed convolution
  int32_t band, source_rows;  ///< rows of outputs, and those of sources, that there is room for
} plan;

static int32_t words_of(const ck_train_kernel *kernel, int32_t channels) {
  return (channels + kernel->lanes - 1) / kernel->lanes * kernel->lanes;
}

static plan plan_of(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width) {
  plan p = {.kernel = kernel, .layer = *layer, .is_upconv = layer->kind == CK_TRAIN_UPCONV2X2};
  const int32_t in = layer->in[0] + layer->in[1];
  p.copies_windows = !p.is_upconv && (layer->kind == CK_TRAIN_CONV3X3_STRIDE2 || layer->in[0] % INPUTS != 0 ||
                                      layer->in[1] % INPUTS != 0);
  p.inputs = p.copies_windows ? 9 * in : in;
  p.taps_down = p.taps_across = p.copies_windows || p.is_upconv ? 1 : 3;
  p.width = (width + kernel->pair - 1) / kernel->pair;
  p.alignments = kernel->pair == 2 && p.taps_across == 3 ? 2 : 1;
  p.run = p.taps_across == 1 ? p.width : kernel->pair == 2 ? p.width + 1 : p.width + 2;
  p.input_panels = (p.inputs + INPUTS - 1) / INPUTS;
  p.source_row = (ptrdiff_t)p.alignments * p.input_panels * p.run * INPUTS;
  p.gradient_row = (ptrdiff_t)(p.is_upconv ? 4 : 1) * p.width * words_of(kernel, layer->out[0]);
  const ptrdiff_t rows = BAND_BYTES / (ptrdiff_t)sizeof(uint32_t) / (p.source_row + p.gradient_row);
  p.band = rows < 2 ? 2 : rows > BAND ? BAND : (int32_t)rows;
  p.source_rows = p.taps_down == 1 ? p.band : p.band + p.band / 4 + 2;
  return p;
}

size_t ck_train_gradient_scratch_size(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width) {
  const plan p = plan_of(kernel, layer, width);
  return sizeof(uint32_t) * (size_t)(p.band * p.gradient_row + p.source_rows * p.source_row);
}

/// Packs 8 words from pixel `a` and, for pairs, its neighbour `b`; NULL stands for zeros.
static inline void pack8(uint32_t *words, const char *a, const char *b, ck_real real, int32_t pair) {
  static const uint32_t zeros[8];
  if (!a) a = (const char *)zeros;
  if (!b) b = (const char *)zeros;
  if (pair == 2) {
    uint16_t first[8], second[8];
    memcpy(first, a, sizeof first);
    memcpy(second, b, sizeof second);
    for (int32_t i = 0; i < 8; i++) words[i] = first[i] | (uint32_t)second[i] << 16;
  } else if (real == CK_REAL_BF16) {
    uint16_t value[8];
    memcpy(value, a, sizeof value);
    for (int32_t i = 0; i < 8; i++) words[i] = (uint32_t)value[i] << 16;
  } else {
    memcpy(words, a, 8 * sizeof *words);
  }
}

/// Packs row y of picture n of one source, of which pixel x of its panels' first word is `first`, as panels.
static void pack_source(const plan *p, uint32_t *panels, const ck_batch *src, int32_t n, int32_t y, int32_t first,
                        int32_t border) {
  const int32_t pair = p->kernel->pair;
  const ptrdiff_t size = src->channels * ck_real_size(src->real);
  const char *row = ck_batch_pixel(src, n, y, 0);
  for (int32_t k = 0; k < p->run; k++) {
    const int32_t x = first + pair * k;
    const char *a = x < src->width + border ? row + x * size : NULL;
    const char *b = x + 1 < src->width + border ? row + (x + 1) * size : NULL;
    uint32_t *to = panels + k * INPUTS;
    for (int32_t i = 0; i < src->channels; i += INPUTS, to += p->run * INPUTS) {
      const ptrdiff_t at = i * ck_real_size(src->real);
      pack8(to, a ? a + at : NULL, b ? b + at : NULL, src->real, pair);
    }
  }
}

/// Packs a row of all sources in all alignments.
static void pack_sources(const plan *p, uint32_t *panels, const ck_train_gradient_args *args, int32_t n, int32_t y) {
  const int32_t border = p->taps_across == 3 ? 1 : 0;
  for (int32_t alignment = 0; alignment < p->alignments; alignment++) {
    for (int32_t s = 0; s < (p->layer.in[1] ? 2 : 1); s++) {
      pack_source(p, panels, &args->src[s], n, y, alignment - border, border);
      panels += (ptrdiff_t)p->layer.in[s] * p->run;
    }
  }
}

/// Copies the windows of row y of outputs to panels, channel by channel; for sources of few channels.
static void pack_windows(const plan *p, uint32_t *panels, const ck_train_gradient_args *args, int32_t n, int32_t y) {
  const int32_t stride = p->layer.kind == CK_TRAIN_CONV3X3_STRIDE2 ? 2 : 1, pair = p->kernel->pair;
  const int32_t width = args->gradient.width;
  memset(panels, 0, sizeof *panels * (size_t)p->source_row);
  int32_t input = 0;
  for (int32_t tap = 0; tap < 9; tap++) {
    for (int32_t s = 0; s < (p->layer.in[1] ? 2 : 1); s++) {
      const ck_batch *src = &args->src[s];
      const ptrdiff_t step = stride * src->channels;
      const char *row = ck_batch_pixel(src, n, stride * y + tap / 3 - 1, tap % 3 - 1);
      for (int32_t i = 0; i < src->channels; i++, input++) {
        uint32_t *to = panels + (ptrdiff_t)(input / INPUTS) * p->run * INPUTS + input % INPUTS;
        for (int32_t x = 0; x < width; x++) {
          if (pair == 2) {
            to[x / 2 * INPUTS] |= (uint32_t)((const uint16_t *)(const void *)row)[x * step + i] << 16 * (x % 2);
          } else {
            to[x * INPUTS] = ((const uint32_t *)(const void *)row)[x * step + i];
          }
        }
      }
    }
  }
}

/// Packs `channels` outputs from `first` on of a row of gradients whose pixels lie `step` bytes apart, as one panel.
static void pack_gradient(const plan *p, uint32_t *panel, const char *row, ptrdiff_t step, int32_t width, int32_t first,
                          int32_t channels, ck_real real) {
  const int32_t pair = p->kernel->pair, words = words_of(p->kernel, channels);
  row += first * ck_real_size(real);
  for (int32_t x = 0; x < width; x += pair, panel += words) {
    const char *a = row + x * step, *b = x + 1 < width ? a + step : NULL;
    for (int32_t o = 0; o < words; o += 8) {
      // Half a vector comes twice, see ck_train_kernel.
      const ptrdiff_t at = (o < channels ? o : channels - 8) * ck_real_size(real);
      pack8(panel + o, a + at, b ? b + at : NULL, real, pair);
    }
  }
}

/// Packs a row of gradients, all blocks; of a transposed convolution both rows that row r of the source made.
static void pack_gradients(const plan *p, uint32_t *panels, const ck_train_gradient_args *args, int32_t n, int32_t y) {
  const ck_batch *gradient = &args->gradient;
  const ptrdiff_t size = gradient->channels * ck_real_size(gradient->real);
  const int32_t factor = p->is_upconv ? 2 : 1, width = gradient->width / factor;
  for (int32_t place = 0; place < factor * factor; place++) {
    const char *row = ck_batch_pixel(gradient, n, factor * y + place / 2, place % 2);
    for (int32_t first = args->channel_begin, count; first < args->channel_end; first += count) {
      count = ck_train_next_block(p->kernel->lanes, args->channel_end - first);
      pack_gradient(p, panels, row, factor * size, width, first, count, gradient->real);
      panels += (ptrdiff_t)p->width * words_of(p->kernel, count);
    }
  }
}

/// Rows of outputs whose panels are in the scratch memory.
typedef struct band {
  uint32_t *gradients, *sources;
  const uint32_t *rows[3][BAND];  ///< per tap of a column and row of outputs: the sources' panels
  int32_t count;
  bool adds;
} band;

/// Packs rows from `begin` on, as many as there is room for; returns the first row that is not packed.
static int32_t pack_band(const plan *p, band *b, const ck_train_gradient_args *args, int32_t begin) {
  const int32_t height = p->is_upconv ? args->src[0].height : args->gradient.height;
  int32_t packed = 0, next = 0;  // source rows so far, and the y of the next one in its picture
  b->count = 0;
  for (int32_t r = begin; r < args->row_end && b->count < p->band; r++, b->count++) {
    const int32_t n = r / height, y = r % height;
    if (b->count == 0 || y == 0) next = y;
    if (packed + y + p->taps_down - next > p->source_rows) break;
    for (; next < y + p->taps_down; next++, packed++) {
      uint32_t *panels = b->sources + packed * p->source_row;
      if (p->copies_windows) {
        pack_windows(p, panels, args, n, next);
      } else {
        pack_sources(p, panels, args, n, p->is_upconv ? next : next - 1);
      }
    }
    for (int32_t ky = 0; ky < p->taps_down; ky++) {
      b->rows[ky][b->count] = b->sources + (packed - p->taps_down + ky) * p->source_row;
    }
    pack_gradients(p, b->gradients + b->count * p->gradient_row, args, n, y);
  }
  return begin + b->count;
}

/// Multiplies a block of outputs with all inputs; `gradient` is its panel of the band's first row, at one place.
static void multiply_block(const plan *p, const band *b, const ck_train_gradient_args *args, int32_t place,
                           const uint32_t *gradient, int32_t first, int32_t channels) {
  const int32_t out = p->layer.out[0], pair = p->kernel->pair;
  ck_train_products to = {.gradient = gradient, .gradient_stride = p->gradient_row, .row_count = b->count};
  to.width = p->width, to.part_stride = out, to.channels = channels, to.adds = b->adds;
  for (int32_t panel = 0; panel < p->input_panels; panel++) {
    to.inputs = p->inputs - panel * INPUTS < INPUTS ? p->inputs - panel * INPUTS : INPUTS;
    for (int32_t tap = 0; tap < p->taps_down * p->taps_across; tap++) {
      const int32_t kx = tap % p->taps_across, alignment = p->alignments == 2 ? kx % 2 : 0;
      to.rows = b->rows[tap / p->taps_across];
      to.offset = (((ptrdiff_t)alignment * p->input_panels + panel) * p->run + (pair == 2 ? kx / 2 : kx)) * INPUTS;
      to.part = args->part + ((ptrdiff_t)(place + tap) * p->inputs + panel * INPUTS) * out + first;
      p->kernel->products(&to);
    }
  }
}

static void multiply_band(const plan *p, const band *b, const ck_train_gradient_args *args) {
  const uint32_t *gradient = b->gradients;
  for (int32_t place = 0; place < (p->is_upconv ? 4 : 1); place++) {
    for (int32_t first = args->channel_begin, count; first < args->channel_end; first += count) {
      count = ck_train_next_block(p->kernel->lanes, args->channel_end - first);
      multiply_block(p, b, args, place, gradient, first, count);
      gradient += (ptrdiff_t)p->width * words_of(p->kernel, count);
    }
  }
}

static void clear(const plan *p, const ck_train_gradient_args *args) {
  const ptrdiff_t rows = (ptrdiff_t)ck_train_taps(p->layer.kind) * (p->layer.in[0] + p->layer.in[1]);
  for (ptrdiff_t row = 0; row < rows; row++) {
    memset(args->part + row * p->layer.out[0] + args->channel_begin, 0,
           sizeof(float) * (size_t)(args->channel_end - args->channel_begin));
  }
}

void ck_train_weight_gradient(const ck_train_kernel *kernel, const ck_train_gradient_args *args) {
  const plan p =
      plan_of(kernel, &args->layer, args->layer.kind == CK_TRAIN_UPCONV2X2 ? args->src[0].width : args->gradient.width);
  band b = {.gradients = args->scratch, .adds = args->adds};
  b.sources = b.gradients + p.band * p.gradient_row;
  if (args->row_begin == args->row_end && !args->adds) clear(&p, args);
  for (int32_t row = args->row_begin; row < args->row_end; b.adds = true) {
    row = pack_band(&p, &b, args, row);
    multiply_band(&p, &b, args);
  }
}
